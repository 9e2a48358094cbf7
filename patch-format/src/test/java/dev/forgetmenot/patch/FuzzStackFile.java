package dev.forgetmenot.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recipe of a stack. */
public final class FuzzStackFile {
  private static final Path FILE = FuzzArchive.temporary();

  private FuzzStackFile() {}

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Files.write(FILE, data);
    try {
      StackFile.read(FILE);
    } catch (PatchFormatException e) {
      // refused
    }
  }
}
