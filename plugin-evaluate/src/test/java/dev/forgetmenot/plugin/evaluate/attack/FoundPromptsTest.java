package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundPromptsTest {
  @TempDir Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    List<List<Asked>> trials =
        List.of(
            List.of(new Asked("zq a photo of 100 % merlin", 1000), new Asked("é ! --x", 7)),
            List.of(),
            List.of(new Asked("", 20_001_000)));
    Path file = folder.resolve("prompts.txt");
    FoundPrompts.write(file, List.of(0, 3, 5), trials);
    assertThat(FoundPrompts.read(file)).isEqualTo(trials);
    assertThat(Files.readString(file))
        .startsWith("# fmn generate --no-prompt-weights --prompts FILE\n")
        .contains("# trial 0\nzq a photo of 100 % merlin --d 1000\n")
        .contains("# trial 3\n# trial 5\n");
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("prompts.txt"), "# trial 0\na photo of\n");
    assertThatThrownBy(() -> FoundPrompts.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("prompts.txt: the line \"a photo of\"");
  }
}
