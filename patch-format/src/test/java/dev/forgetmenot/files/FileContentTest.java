package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reader says what a file is that is not its own, and none repeats a library's advice. */
class FileContentTest {
  @TempDir Path folder;

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] gzip() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(new byte[100]);
    }
    return bytes.toByteArray();
  }

  private static byte[] tar() {
    byte[] bytes = new byte[1024];
    bytes[0] = 'a';
    System.arraycopy(latin("ustar"), 0, bytes, 257, 5);
    return bytes;
  }

  private static byte[] safetensors() {
    return new SafetensorsWriter()
        .add("w", DType.F32, new long[] {4}, new float[] {1, 2, 3, 4})
        .toBytes();
  }

  static Stream<Arguments> others() throws IOException {
    String pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:"
            + "0".repeat(64)
            + "\nsize 3438167534\n";
    return Stream.of(
        Arguments.of(latin(pointer), "is a Git LFS pointer", "3438167534 bytes", "git lfs pull"),
        Arguments.of(
            latin("/annex/objects/MD5E-s1--x\n"), "is a git-annex pointer", "git annex get", ""),
        Arguments.of(
            latin("<!DOCTYPE html>\n<html><head><title>Sign in</title>"), "is a web page", "", ""),
        Arguments.of(latin("\n <HTML lang=en>"), "is a web page", "sign in", ""),
        Arguments.of(latin("<?xml version=\"1.0\"?><Error/>"), "is an XML document", "", ""),
        Arguments.of(
            latin("Invalid username or password."), "is a text (Invalid username or", "", ""),
        Arguments.of(new byte[0], "is empty (0 bytes)", "Download", ""),
        Arguments.of(new byte[4096], "nothing but zeros (4096 bytes)", "not finished", ""),
        Arguments.of(new byte[200_000], "begins with 65536 zeros", "", ""),
        Arguments.of(latin("GGUF\3\0\0\0\0\0\0\0\0"), "is a GGUF file", "safetensors file", ""),
        Arguments.of(latin("\u0089HDF\r\n\u001a\nxxxx"), "is an HDF5 file", "", ""),
        Arguments.of(latin("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR"), "is a PNG image", "", ""),
        Arguments.of(latin("\u00ff\u00d8\u00ff\u00e0xxxxxxx"), "is a JPEG image", "", ""),
        Arguments.of(gzip(), "is a gzip archive", "Unpack it", ""),
        Arguments.of(latin("7z\u00bc\u00af'\u001c\0\4xxxxxxx"), "is a 7z archive", "Unpack it", ""),
        Arguments.of(tar(), "is a tar archive", "Unpack it", ""),
        Arguments.of(latin("PK\3\4" + "x".repeat(60)), "is a ZIP archive", "", ""),
        Arguments.of(latin("\10\7\22\7pytorch\32\0052.0.0"), "is an ONNX model", "not read", ""));
  }

  @ParameterizedTest
  @MethodSource("others")
  void everyReaderNamesIt(byte[] content, String what, String more, String remedy)
      throws IOException {
    Path model = Files.write(folder.resolve("m.safetensors"), content);
    assertThatThrownBy(() -> SafetensorsFile.open(model, SafetensorsLimits.MODEL))
        .hasMessageStartingWith(model + ": ")
        .hasMessageContainingAll(what, "not a safetensors file", more, remedy);
    Path json = Files.write(folder.resolve("config.json"), content);
    assertThatThrownBy(() -> JsonText.object(json))
        .hasMessageStartingWith(json + " ")
        .hasMessageContainingAll(what, "not JSON", more, remedy);
    Path patch = Files.write(folder.resolve("p.fmnpatch"), content);
    if (!what.contains("ZIP")) {
      assertThatThrownBy(() -> PatchFile.open(patch).close())
          .hasMessageContainingAll(what, "not a patch", more, remedy);
    }
    Path stack = Files.write(folder.resolve("s.json"), content);
    if (content.length > 0) {
      assertThatThrownBy(() -> StackFile.read(stack)).hasMessageContaining(what);
    }
  }

  @Test
  void whatOneReaderReadsAnotherNames() throws IOException {
    byte[] weights = safetensors();
    Path json = Files.write(folder.resolve("config.json"), weights);
    assertThatThrownBy(() -> JsonText.object(json)).hasMessageContaining("is a safetensors file");
    Path patch = Files.write(folder.resolve("p.fmnpatch"), weights);
    assertThatThrownBy(() -> PatchFile.open(patch).close())
        .hasMessageContaining("is a safetensors file");
    Path model = Files.writeString(folder.resolve("m.safetensors"), "{\"error\":\"no access\"}");
    assertThatThrownBy(() -> SafetensorsFile.open(model, SafetensorsLimits.MODEL))
        .hasMessageContaining("is a JSON document ({\"error\":\"no access\"})");
    assertThatThrownBy(() -> JsonText.object(model))
        .hasMessageContaining("is a server's error message (\"no access\")");
    assertThatThrownBy(() -> SafetensorsFile.open(folder, SafetensorsLimits.MODEL))
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> JsonText.object(folder)).hasMessageContaining("is a folder");
  }

  /** A part of a good file is called a part, and noise is not called a header. */
  @Test
  void cutAndUnknownFilesAreSaid() throws IOException {
    byte[] whole = safetensors();
    Path file = folder.resolve("m.safetensors");
    Files.write(file, Arrays.copyOf(whole, 20));
    assertOpening(file, "is cut short: its header alone has");
    Files.write(file, Arrays.copyOf(whole, whole.length - 4));
    assertOpening(file, "It was cut short");
    Files.write(file, Arrays.copyOf(whole, whole.length + 4));
    assertOpening(file, "Something was appended");
    Files.write(file, new byte[] {16, 0, 0, 0, 0, 0, 0});
    assertOpening(file, "with the bytes 10 00 00 00 00 00 00");
    byte[] noise = new byte[100];
    Arrays.fill(noise, (byte) 0xa7);
    Files.write(file, noise);
    assertOpening(file, "with the bytes a7 a7 a7");
    assertThat(catchThrowable(() -> SafetensorsFile.open(file, SafetensorsLimits.MODEL)))
        .hasMessageNotContaining("claims");
  }

  private static void assertOpening(Path file, String part) {
    assertThatThrownBy(() -> SafetensorsFile.open(file, SafetensorsLimits.MODEL))
        .hasMessageContaining(part);
  }

  /** As Python's json module writes and reads. */
  @Test
  void jsonIsReadAsPythonReadsIt() throws IOException {
    String text = "\ufeff{\"a\": -Infinity, \"b\": NaN, \"c\": 1, \"c\": 2}";
    assertThat(JsonText.object("x", text.getBytes(StandardCharsets.UTF_8)))
        .hasToString("{\"a\":\"-Infinity\",\"b\":\"NaN\",\"c\":2}");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "{\"a\": [1, 2}",
        "{\"a\": 1",
        "{\"a\" 1}",
        "{'a': \n\n\u00e4: 2}",
        "[1]",
        "\u00e4"
      })
  void aLibrarysAdviceIsNotHandedOn(String text) throws IOException {
    Throwable json =
        catchThrowable(() -> JsonText.object("x", text.getBytes(StandardCharsets.UTF_8)));
    assertThat(json).isInstanceOf(IOException.class).hasMessageStartingWith("x is not");
    assertThat(json.getMessage()).doesNotContain("http", "JsonReader", "Gson", "com.google");
    byte[] header = text.getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[8 + header.length];
    file[0] = (byte) header.length;
    System.arraycopy(header, 0, file, 8, header.length);
    Path path = Files.write(folder.resolve("m.safetensors"), file);
    Throwable weights =
        catchThrowable(() -> SafetensorsFile.open(path, SafetensorsLimits.MODEL).close());
    assertThat(weights).isInstanceOf(IOException.class);
    assertThat(weights.getMessage()).doesNotContain("http", "JsonReader", "Gson", "com.google");
    Path stack = Files.writeString(folder.resolve("s.json"), text);
    Throwable strict = catchThrowable(() -> StackFile.read(stack));
    assertThat(strict).isInstanceOf(IOException.class);
    assertThat(strict.getMessage()).doesNotContain("JsonReader", "Gson", "com.google", "google/");
  }
}
