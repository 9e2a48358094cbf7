package dev.forgetmenot.patch;

import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A recipe of a stack. */
public final class FuzzStackFile {
  private static final Path FILE = FuzzArchive.temporary();

  private FuzzStackFile() {}

  /** An input to begin with. */
  static byte[] seed() throws IOException {
    new StackFile(
            "a",
            new StackFile.Base(
                "b",
                "stable-diffusion-v1",
                Map.of(
                    "unet", new Manifest.Component("cc".repeat(32), "dd".repeat(32), 3, Map.of()))),
            List.of(
                new StackFile.StackedPatch(
                    "ab".repeat(32), "c", "1.0.0", Optional.of("c.fmnpatch"), 0.5)),
            Map.of("unet", "ee".repeat(32)))
        .write(FILE);
    StackFile.read(FILE);
    return Files.readAllBytes(FILE);
  }

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
