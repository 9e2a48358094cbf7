package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhraseListTest {
  @TempDir Path folder;

  @Test
  void aFileOfAnyEditorGivesItsPhrases() throws IOException {
    Path file = folder.resolve("keep.txt");
    Files.writeString(file, "\ufeffa fox\r\n\r\na bus\r\n");
    assertThat(PhraseList.read("keep", file.toString())).containsExactly("a fox", "a bus");
    Files.write(file, "a fox\ncafé".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> PhraseList.read("keep", file.toString()))
        .hasMessageContaining("keep.txt, line 2: byte 0xe9 is not text in UTF-8");
  }
}
