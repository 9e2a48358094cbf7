package dev.forgetmenot.patch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A manifest; what is accepted is written as a manifest that says the same. */
class ManifestFuzzTest {
  static List<byte[]> seeds() throws IOException {
    Path file = MemoryFile.temporary();
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] archive : ArchiveFuzzTest.seeds()) {
      Files.write(file, archive);
      try (PatchFile patch = PatchFile.open(file)) {
        seeds.add(patch.content("manifest.json"));
      }
    }
    return seeds;
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) {
    try {
      List<String> ignored = new ArrayList<>();
      Manifest manifest = ManifestReader.read("x", data, ignored::add);
      if (!ignored.isEmpty() && manifest.version().minor() <= Manifest.CURRENT.minor()) {
        throw new AssertionError("ignored " + ignored + " in a version that is known");
      }
      for (Manifest.Edit edit : manifest.edits()) {
        edit.content().tensors();
      }
      Manifest again = ManifestReader.read("x", ManifestWriter.bytes(manifest));
      if (!again.equals(manifest)) {
        throw new AssertionError("another manifest: " + again);
      }
    } catch (PatchFormatException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }
}
