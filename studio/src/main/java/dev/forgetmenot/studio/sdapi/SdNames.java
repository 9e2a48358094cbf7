package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.http.HttpProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What there is to choose from, as A1111 lists it. Where it has places of files, names stand here.
 *
 * @param model the one that is served
 * @param patches the folders of the patches that prompts can name
 */
public record SdNames(ServedModel model, PatchFolders patches) {
  /** A list that is read anew for each request. */
  interface Listing {
    JsonElement read() throws IOException;
  }

  /** The lists by the end of their paths. */
  Map<String, Listing> lists() {
    Map<String, Listing> lists = new LinkedHashMap<>();
    lists.put("sd-models", this::models);
    lists.put("samplers", this::samplers);
    lists.put("schedulers", SdNames::schedulers);
    lists.put("loras", this::loras);
    lists.put("upscalers", () -> list(List.of("None"), name -> named("name", name)));
    lists.put("embeddings", SdNames::embeddings);
    for (String empty :
        List.of(
            "latent-upscale-modes",
            "sd-vae",
            "face-restorers",
            "prompt-styles",
            "hypernetworks",
            "script-info")) {
      lists.put(empty, JsonArray::new);
    }
    return lists;
  }

  /** What can be set, with its values. */
  JsonObject options() {
    JsonObject options = named("sd_model_checkpoint", model.name());
    options.addProperty("sd_vae", "Automatic");
    options.addProperty("CLIP_stop_at_last_layers", 1);
    options.addProperty("samples_format", "png");
    return options;
  }

  /**
   * Checks that a request does not name another model.
   *
   * @param title as {@code sd-models} lists it; empty names none
   */
  void requireModel(String title) throws HttpProblem {
    if (!title.isEmpty() && !title.equals(model.name())) {
      throw HttpProblem.notFound(
          "the model \"" + title + "\" is not served here; there is " + model.name());
    }
  }

  private JsonArray models() {
    JsonObject json = named("title", model.name());
    json.addProperty("model_name", model.name());
    json.add("hash", JsonNull.INSTANCE);
    json.add("sha256", JsonNull.INSTANCE);
    json.addProperty("filename", model.name());
    json.add("config", JsonNull.INSTANCE);
    JsonArray array = new JsonArray();
    array.add(json);
    return array;
  }

  /** Samplers of plugins too, once the model is loaded. */
  private JsonArray samplers() {
    return list(model.samplers(), SdNames::sampler);
  }

  private static JsonObject sampler(SamplerProvider sampler) {
    JsonObject json = named("name", sampler.displayName());
    JsonArray aliases = new JsonArray();
    aliases.add(sampler.name());
    json.add("aliases", aliases);
    json.add("options", new JsonObject());
    return json;
  }

  private static JsonArray schedulers() {
    JsonArray array = list(List.of("Automatic"), label -> scheduler("automatic", label));
    SamplerRegistry.schedules().forEach((name, label) -> array.add(scheduler(name, label)));
    return array;
  }

  private static JsonObject scheduler(String name, String label) {
    JsonObject json = named("name", name);
    json.addProperty("label", label);
    json.add("aliases", JsonNull.INSTANCE);
    json.addProperty("default_rho", -1);
    json.addProperty("need_inner_model", false);
    return json;
  }

  /** Patches that {@code <lora:NAME:STRENGTH>} puts on; broken files are left out. */
  private JsonArray loras() throws IOException {
    JsonArray array = new JsonArray();
    for (Path file : patches.files()) {
      try {
        var manifest = PatchFile.header(file).manifest();
        String stem = String.valueOf(file.getFileName()).replaceAll("\\.fmnpatch$", "");
        JsonObject json = named("name", stem);
        json.addProperty("alias", manifest.name() + "@" + manifest.patchVersion());
        json.addProperty("path", stem);
        json.add("metadata", new JsonObject());
        array.add(json);
      } catch (PatchFormatException e) {
        // a broken file is no reason to list none
      }
    }
    return array;
  }

  private static JsonObject embeddings() {
    JsonObject json = new JsonObject();
    json.add("loaded", new JsonObject());
    json.add("skipped", new JsonObject());
    return json;
  }

  private static <T> JsonArray list(List<T> all, Function<T, JsonObject> each) {
    JsonArray array = new JsonArray();
    all.forEach(one -> array.add(each.apply(one)));
    return array;
  }

  private static JsonObject named(String key, String value) {
    JsonObject json = new JsonObject();
    json.addProperty(key, value);
    return json;
  }
}
