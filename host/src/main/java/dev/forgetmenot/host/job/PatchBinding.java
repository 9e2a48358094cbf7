package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Binds what an editor made to the base that it was made on, and writes it.
 *
 * @param hosted the base
 */
record PatchBinding(HostedModel hosted) {
  /** Writes the patch beside its place and moves it there. */
  EditJob.Result write(PatchDraft draft, Path file) throws IOException {
    BaseModel model = hosted.model().base();
    Manifest.Base base = new BaseBinding(model).of(draft);
    String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    PatchWriter.write(file, draft, base, model.architecture(), created);
    try (PatchFile written = PatchFile.open(file)) {
      return new EditJob.Result(file, written.id(), Optional.empty());
    }
  }
}
