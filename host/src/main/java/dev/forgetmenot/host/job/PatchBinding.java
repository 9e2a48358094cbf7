package dev.forgetmenot.host.job;

import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Binds what an editor made to the base that it was made on, and writes it.
 *
 * @param hosted the base
 */
record PatchBinding(HostedModel hosted) {
  /** Writes the patch beside its place and moves it there. */
  EditJob.Result write(PatchDraft draft, Path file) throws IOException {
    WrittenPatch written = WrittenPatch.write(hosted.model().base(), draft, file);
    return new EditJob.Result(file, written.id(), List.of(), Optional.empty());
  }
}
