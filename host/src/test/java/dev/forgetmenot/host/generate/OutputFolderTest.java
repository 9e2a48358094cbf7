package dev.forgetmenot.host.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  @TempDir Path folder;

  @Test
  void makesTheFolderAndLeavesItEmpty() throws IOException {
    Path deep = folder.resolve("a/b");
    assertThat(OutputFolder.prepare(deep, 1).folder()).isEqualTo(deep).isEmptyDirectory();
  }

  @Test
  void aDiskThatIsTooFullIsSeenBefore() {
    assertThatThrownBy(() -> OutputFolder.prepare(folder, Long.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("too full", "GB are needed", folder.toString());
  }

  @Test
  void aFileThatIsAFolderIsRefused() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    assertThatThrownBy(() -> OutputFolder.ofFile(inner, 1)).hasMessageContaining("is a folder");
  }
}
