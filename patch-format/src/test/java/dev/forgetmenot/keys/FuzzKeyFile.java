package dev.forgetmenot.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A key in a file or as bytes; what is accepted is written back as the same bytes. */
public final class FuzzKeyFile {
  private static final Path FILE = temporary();

  private FuzzKeyFile() {}

  private static Path temporary() {
    try {
      Path file = Files.createTempFile("fmn-fuzz", ".key");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Files.write(FILE, data, StandardOpenOption.TRUNCATE_EXISTING);
    try {
      KeyFile.readPublic(FILE);
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      KeyFile.readPrivate(FILE);
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      if (!Arrays.equals(VerificationKey.of(data).spki(), data)) {
        throw new AssertionError("a key in two encodings");
      }
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      SigningKey.of(data);
    } catch (KeyRefusedException e) {
      // refused
    }
  }
}
