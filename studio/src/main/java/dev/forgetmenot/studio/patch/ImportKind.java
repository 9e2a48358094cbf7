package dev.forgetmenot.studio.patch;

import com.google.gson.JsonObject;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.interop.ImportJob;
import dev.forgetmenot.host.interop.ImportRequest;
import dev.forgetmenot.host.interop.PatchNaming;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JobQueue.RequestFiles;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Makes a patch of another tool's file, a LoRA or learned tokens, that was sent: {@code {"file":
 * name}}. The result: {@code {"patch": id, "name": …, "lines": …}}.
 *
 * @param base that it should fit
 * @param patches gets the patch
 */
public record ImportKind(BaseFiles base, SentPatches patches) implements JobKind {
  /** The name of the kind. */
  public static final String NAME = "import";

  private static final String FILE = "file";
  private static final String ENDING = ".safetensors";

  @Override
  public String name() {
    return NAME;
  }

  /**
   * A request for a file.
   *
   * @param sentAs what its sender calls it; never a place
   */
  public static JsonObject request(String sentAs) {
    String slug = PatchName.slug(sentAs.replaceFirst("(?i)\\.safetensors$", ""));
    JsonObject json = new JsonObject();
    json.addProperty(FILE, (slug.isEmpty() ? "imported" : slug) + ENDING);
    return json;
  }

  /** The file, for the folder of the job. */
  public static RequestFiles files(JsonObject request, byte[] bytes) {
    return folder -> Files.write(folder.resolve(request.get(FILE).getAsString()), bytes);
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("reading the file", 0, 0);
    Path source = folder.resolve(request.get(FILE).getAsString());
    WrittenPatch written =
        ImportJob.run(
            new ImportRequest(
                source,
                base.model(),
                base.reading(),
                folder.resolve("imported.fmnpatch"),
                PatchNaming.ofFile(),
                DifferenceForm.AUTO,
                List.of(),
                Optional.empty(),
                false),
            running);
    JsonObject json = patches.adopt(written.file());
    Files.delete(source);
    json.add("lines", JsonTexts.array(running.lines()));
    return json;
  }
}
