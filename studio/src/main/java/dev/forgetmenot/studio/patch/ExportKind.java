package dev.forgetmenot.studio.patch;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.interop.ExportJob;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.patching.lora.LoraNaming;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RequestFields;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes a patch as a file of other tools: {@code {"patch": id, "to": "lora", "names": "kohya",
 * "strength": 1}}, or {@code "to": "embeddings"} with its {@code format}. The result: {@code
 * {"file": name, "lines": …}}.
 *
 * @param base that the patch fits
 * @param trust says who signed it and what the user decided
 */
public record ExportKind(BaseFiles base, SentPatches patches, PatchVerifier trust)
    implements AskedKind {
  private static final String LORA = "lora";

  @Override
  public String name() {
    return "export";
  }

  private static boolean toLora(RequestFields fields) {
    return fields.oneOf("to", List.of(LORA, "embeddings")).equals(LORA);
  }

  private static LoraNaming names(RequestFields fields) {
    List<LoraNaming> all = List.of(LoraNaming.values());
    return fields.oneOf("names", all, LoraNaming::word, LoraNaming.KOHYA);
  }

  private static EmbeddingsFormat format(RequestFields fields) {
    List<EmbeddingsFormat> all = List.of(EmbeddingsFormat.values());
    return fields.oneOf("format", all, EmbeddingsFormat::word, EmbeddingsFormat.DIFFUSERS);
  }

  @Override
  public String check(JsonObject request) throws IOException {
    RequestFields fields = new RequestFields(request);
    PatchRequest patch = patches.request(fields, "patch");
    names(fields);
    format(fields);
    return SentPatches.nameOf(patch.file()) + (toLora(fields) ? " as a LoRA" : " as embeddings");
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("writing the file", 0, 0);
    RequestFields fields = new RequestFields(request);
    PatchRequest asked = patches.request(fields, "patch");
    Path file = folder.resolve(SentPatches.nameOf(asked.file()) + ".safetensors");
    try (PatchSet set = trust.open(List.of(asked))) {
      if (toLora(fields)) {
        ExportJob.lora(
            new ExportJob.LoraOrder(
                set.requests().get(0),
                Optional.of(base.model()),
                base.reading(),
                file,
                names(fields),
                Optional.empty(),
                false),
            running);
      } else {
        ExportJob.embeddings(set.files().get(0), file, format(fields), running);
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("file", String.valueOf(file.getFileName()));
    json.add("lines", JsonTexts.array(running.lines()));
    return json;
  }
}
