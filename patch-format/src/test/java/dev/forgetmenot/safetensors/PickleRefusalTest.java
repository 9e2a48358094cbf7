package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickleRefusalTest {

  @TempDir Path folder;

  private void assertRefused(Path path, Problem problem, String part) {
    assertThatThrownBy(() -> SafetensorsFile.open(path, SafetensorsLimits.MODEL))
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.ckpt", "m.pt", "m.pth", "m.bin", "m.pkl", "M.CKPT"})
  void byName(String name) throws IOException {
    Path path = folder.resolve(name);
    new SafetensorsWriter().add("w", DType.F32, new long[] {1}, new float[1]).write(path);
    assertRefused(path, Problem.PICKLE, "Convert the model to safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80024b2a2e",
        "80027d7100285800000000",
        "80049500",
        "80028a0a6cfc9c46f9206aa850192e"
      })
  void byContent(String hex) throws IOException {
    Path path = folder.resolve("m.safetensors");
    Files.write(path, java.util.HexFormat.of().parseHex(hex));
    assertRefused(path, Problem.PICKLE, "opcode 0x80");
  }

  @Test
  void insideAnArchive() throws IOException {
    Path path = folder.resolve("m.safetensors");
    zip(path, "archive/data.pkl");
    assertRefused(path, Problem.PICKLE, "data.pkl");
    zip(path, "picture.png");
    assertRefused(path, Problem.HEADER, "ZIP archive");
  }

  private static void zip(Path path, String entry) throws IOException {
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write("x".getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
  }

  /** A header of 640 bytes begins with 80 02, just as a pickle does. */
  @Test
  void aHeaderWhoseLengthLooksLikeAPickleIsNotOne() throws IOException {
    Path path = folder.resolve("m.safetensors");
    int fill = 0;
    byte[] bytes;
    do {
      bytes =
          new SafetensorsWriter()
              .metadata("k", "x".repeat(fill++))
              .add("w", DType.F32, new long[] {1}, new float[] {7})
              .toBytes();
    } while ((bytes[0] & 0xff) != 0x80 || bytes[1] != 2);
    Files.write(path, bytes);
    try (SafetensorsFile file = SafetensorsFile.open(path, SafetensorsLimits.MODEL)) {
      assertThat(file.floats("w")).containsExactly(7);
    }
  }

  @Test
  void aMissingFileIsSaid() {
    assertRefused(folder.resolve("none.safetensors"), Problem.MISSING, "no such file");
  }
}
