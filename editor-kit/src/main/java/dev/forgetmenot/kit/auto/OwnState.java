package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.JobContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A candidate's context: the state of its training is in a file of its own. */
record OwnState(JobContext outer, int number) implements JobContext.Nested {
  @Override
  public Optional<Path> checkpoint() {
    return outer.checkpoint().map(file -> file.resolveSibling(file.getFileName() + "." + number));
  }

  @Override
  public boolean resuming() {
    return outer.resuming() && checkpoint().filter(Files::isRegularFile).isPresent();
  }

  /** Takes away what an earlier job left that is not resumed. */
  void begin() throws IOException {
    if (!outer.resuming() && checkpoint().isPresent()) {
      Files.deleteIfExists(checkpoint().get());
    }
  }
}
