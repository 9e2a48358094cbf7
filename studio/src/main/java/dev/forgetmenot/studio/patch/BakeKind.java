package dev.forgetmenot.studio.patch;

import com.google.gson.JsonObject;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.interop.BakeJob;
import dev.forgetmenot.host.interop.BakeRequest;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RequestFields;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a copy of the model with patches in its weights: {@code {"patches": [{"id": …, "strength":
 * …}], "name": …}}. It stays on the machine of the server, below its folder. The result: {@code
 * {"model": name, "lines": …}}.
 *
 * @param models the folder of such copies
 * @param trust says who signed the patches and what the user decided
 */
public record BakeKind(BaseFiles base, Path models, SentPatches patches, PatchVerifier trust)
    implements AskedKind {
  @Override
  public String name() {
    return "bake";
  }

  private static String slug(RequestFields fields) {
    String slug = PatchName.slug(fields.text("name").orElse("patched"));
    if (slug.isEmpty()) {
      throw new IllegalArgumentException("name should hold letters or digits");
    }
    return slug;
  }

  private Path target(RequestFields fields) {
    return models.resolve(slug(fields) + (Files.isDirectory(base.model()) ? "" : ".safetensors"));
  }

  @Override
  public String check(JsonObject request) throws IOException {
    RequestFields fields = new RequestFields(request);
    int count = patches.requests(request).size();
    if (count == 0) {
      throw new IllegalArgumentException("patches should be a list of at least one");
    }
    if (Files.exists(target(fields))) {
      throw new IllegalArgumentException(
          Message.of("a model of the name %s is there already: give another name", slug(fields)));
    }
    return Message.of("a model with %s patches in it: %s", count, slug(fields));
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    Path target = target(new RequestFields(request));
    Files.createDirectories(models);
    try (PatchSet set = trust.open(patches.requests(request))) {
      BakeJob.run(
          new BakeRequest(base.model(), base.reading(), set.requests(), target, false), running);
    }
    String place = models.resolveSibling("").toString();
    List<String> lines = running.lines().stream().map(line -> line.replace(place, "")).toList();
    JsonObject json = new JsonObject();
    json.addProperty("model", String.valueOf(target.getFileName()));
    json.add("lines", JsonTexts.array(lines));
    return json;
  }
}
