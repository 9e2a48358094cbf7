package dev.forgetmenot.patch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A recipe of a stack. */
class StackFileFuzzTest {
  private static final Path FILE = MemoryFile.temporary();

  static List<byte[]> seeds() throws IOException {
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
    return List.of(Files.readAllBytes(FILE));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
    Files.write(FILE, data);
    try {
      StackFile.read(FILE);
    } catch (PatchFormatException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }
}
