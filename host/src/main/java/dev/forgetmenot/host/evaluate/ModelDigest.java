package dev.forgetmenot.host.evaluate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.engine.OperatorThreads;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What of a model and its host decides the pixels of images, beside patches and settings. */
public final class ModelDigest {
  /** diffusers writes {@code "lambda_min_clipped": -Infinity}, which is no number of JSON. */
  private static final Gson SCHEDULER =
      new GsonBuilder()
          .registerTypeAdapter(
              Double.class,
              (JsonSerializer<Double>)
                  (value, type, context) ->
                      Double.isFinite(value)
                          ? new JsonPrimitive(value)
                          : new JsonPrimitive(value.toString()))
          .create();

  /** Raised when a change of the program may change pixels. */
  private static final int REVISION = 1;

  private static final String OWN_PLUGINS = "dev.forgetmenot.plugin.";

  private ModelDigest() {}

  /**
   * The base: all weights as stored, the words and merges, and how noise is scheduled.
   *
   * @return 64 hexadecimal digits
   */
  public static String base(StableDiffusion model) throws IOException {
    BaseModel base = model.base();
    JsonObject json = new JsonObject();
    for (String component : base.tensors().components()) {
      json.addProperty(component, base.tensors().root(component, base.tensors().names(component)));
    }
    TokenizerIdentity tokenizer = base.tokenizer();
    json.addProperty("words", tokenizer.vocabSha256());
    json.addProperty("merges", tokenizer.mergesSha256());
    json.add("scheduler", SCHEDULER.toJsonTree(model.schedulerConfig().values()));
    return Sha256.hex(CanonicalJson.bytes(json));
  }

  /**
   * The kind of device and its arithmetic: the last bits of sums depend on the number of threads.
   * Plugins of others that draw are named with their versions.
   */
  static String numerics(ModelLoader loader) {
    boolean processor = loader.device().equals("cpu");
    HostPluginManager plugins = loader.plugins();
    String others =
        Stream.<Object>concat(
                plugins.extensions(SamplingExtension.class).stream(),
                plugins.extensions(SamplerProvider.class).stream())
            .filter(one -> !one.getClass().getName().startsWith(OWN_PLUGINS))
            .map(one -> "+" + plugins.origin(one))
            .distinct()
            .collect(Collectors.joining());
    return Message.of(
        "%s-%s%s-%d%s",
        processor ? "cpu" : "cuda",
        loader.weights().name().toLowerCase(Locale.ROOT),
        processor ? "-threads" + threads() : "",
        REVISION,
        others);
  }

  /** How many threads share an operator, or what the engine decides by itself. */
  private static String threads() {
    OptionalInt used = OperatorThreads.ofProcess().used();
    return used.isPresent() ? "" + used.getAsInt() : "";
  }
}
