package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A patch that has been written, and read again.
 *
 * @param file where it is
 * @param id its patch id, hex
 * @param size bytes
 */
public record WrittenPatch(Path file, String id, long size) {
  /** Binds a draft to its base and writes it beside its place, then moves it there. */
  public static WrittenPatch write(BaseModel base, PatchDraft draft, Path file) throws IOException {
    String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    PatchWriter.write(file, draft, new BaseBinding(base).of(draft), base.architecture(), created);
    try (PatchFile written = PatchFile.open(file)) {
      return new WrittenPatch(file, written.id(), written.size());
    }
  }
}
