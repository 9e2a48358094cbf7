package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A good patch on disk, and its files for archives that are changed in one thing. */
abstract class CraftedArchive {
  static final String TENSORS = "tensors/delta.safetensors";
  static final String README = "docs/readme.md";

  @TempDir Path folder;
  Path file;
  final Map<String, byte[]> good = new LinkedHashMap<>();

  @BeforeEach
  void writeAGoodPatch() throws IOException {
    file = folder.resolve("a.fmnpatch");
    PatchFileTest.write(file, 1);
    try (PatchFile patch = PatchFile.open(file)) {
      for (String name : new String[] {"mimetype", "manifest.json", README, TENSORS}) {
        good.put(name, patch.content(name));
      }
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void assertRefused(CraftedZip zip, PatchError error) throws IOException {
    Files.write(file, zip.bytes());
    assertThatThrownBy(() -> PatchFile.open(file).close())
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error))
        .hasMessageContaining(file.toString());
  }
}
