package dev.forgetmenot.testkit.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for what is written thousands of times in a test. */
public final class MemoryFile {
  private MemoryFile() {}

  /** An empty file, in memory where the system has such a folder; deleted when Java ends. */
  public static Path temporary() {
    try {
      Path memory = Path.of("/dev/shm");
      Path file =
          Files.isWritable(memory)
              ? Files.createTempFile(memory, "fmn", ".tmp")
              : Files.createTempFile("fmn", ".tmp");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
