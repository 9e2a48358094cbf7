package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
  private static final String TEXT = "café\r\nа 猫\n";

  @TempDir Path folder;

  private Path write(String text, Charset charset) throws IOException {
    return Files.write(folder.resolve("list.txt"), text.getBytes(charset));
  }

  @Test
  void aByteOrderMarkIsDroppedAndSaysUtf16() throws IOException {
    assertThat(TextFile.read(write(TEXT, StandardCharsets.UTF_8))).isEqualTo(TEXT);
    assertThat(TextFile.read(write('\ufeff' + TEXT, StandardCharsets.UTF_8))).isEqualTo(TEXT);
    assertThat(TextFile.read(write('\ufeff' + TEXT, StandardCharsets.UTF_16LE))).isEqualTo(TEXT);
    assertThat(TextFile.lines(write('\ufeff' + TEXT, StandardCharsets.UTF_16BE)))
        .containsExactly("café", "а 猫");
    assertThat(TextFile.read(write("", StandardCharsets.UTF_8))).isEmpty();
  }

  @Test
  void otherBytesAreNamedByTheirLine() throws IOException {
    Path file = write("a fox\na bus\nun café\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> TextFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("list.txt, line 3: byte 0xe9 is not text in UTF-8")
        .hasMessageContaining("save the file in UTF-8");
    Path wide = write("a fox\n", StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> TextFile.read(wide)).hasMessageContaining("line 1: holds zero bytes");
  }
}
