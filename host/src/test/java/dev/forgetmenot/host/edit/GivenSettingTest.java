package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.SettingSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenSettingTest {
  private static final SettingSpec LIST = SettingSpec.list("keep", "What stays.");

  @TempDir Path folder;

  private String text(String... values) throws IOException {
    return new GivenSetting(LIST, List.of(values)).text(folder);
  }

  @Test
  void entriesAreGivenOneByOneOrInAFileInTheFolder() throws IOException {
    Files.writeString(folder.resolve("keep.list"), "\ufeffa fox\r\n\r\na bus|a car\r\n");
    assertThat(text("a fox")).isEqualTo("a fox");
    assertThat(text("a fox", "a bus")).isEqualTo("a fox\na bus");
    assertThat(text("@keep.list")).isEqualTo("a fox\na bus|a car");
    assertThat(text("a car", "@keep.list")).isEqualTo("a car\na fox\na bus|a car");
  }

  @Test
  void aTextFileWithoutTheSignIsReadAsInEarlierReleases() throws IOException {
    Path file = folder.resolve("keep.txt");
    assertThat(text(file.toString())).as("no such file").isEqualTo(file.toString());
    Files.writeString(file, "a fox\na bus\n");
    assertThat(text(file.toString())).isEqualTo("a fox\na bus");
  }

  @Test
  void aFileThatIsMissingEmptyOrNotTextIsRefused() throws IOException {
    assertThatThrownBy(() -> text("@none")).isInstanceOf(IOException.class);
    Files.writeString(folder.resolve("empty"), "\n \n");
    assertThatThrownBy(() -> text("@empty")).hasMessageContaining("empty has no entry");
    Files.write(folder.resolve("latin"), "a fox\ncafé".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> text("@latin"))
        .hasMessageContaining("latin, line 2: byte 0xe9 is not text in UTF-8");
  }

  @Test
  void whatIsNotAListIsGivenOnce() throws IOException {
    SettingSpec steps = SettingSpec.integer("steps", 1, 1, 9, "How long.");
    assertThat(new GivenSetting(steps, List.of("3")).text(folder)).isEqualTo("3");
    assertThatThrownBy(() -> new GivenSetting(steps, List.of("3", "4")).text(folder))
        .hasMessage("steps is given 2 times; it takes one value");
  }
}
