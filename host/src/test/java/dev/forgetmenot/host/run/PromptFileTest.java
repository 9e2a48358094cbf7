package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.sampling.GenerationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {
  private static final GenerationRequest USUAL =
      GenerationRequest.builder("")
          .negativePrompt("blurry")
          .seed(5)
          .steps(9)
          .clipSkip(2)
          .promptWeights(true)
          .build();

  @TempDir Path folder;

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("prompts.txt"), List.of(lines));
  }

  @Test
  void aLineSaysWhatDiffersFromTheUsual() throws IOException {
    Path file = file("a fox", "", "# no prompt", "a cat --n a hat --w 96 --h 64 --d 7 --s 3 --l 2");
    assertThat(PromptFile.read(file, USUAL))
        .containsExactly(
            USUAL.prompted("a fox"),
            USUAL.toBuilder()
                .prompt("a cat")
                .negativePrompt("a hat")
                .width(96)
                .height(64)
                .seed(7)
                .steps(3)
                .guidance(2)
                .build());
  }

  @Test
  void everyWrongLineIsNamed() throws IOException {
    Path file = file("a fox", "a cat --s 0", "a dog --x 3", "a cow --l much");
    assertThatThrownBy(() -> PromptFile.read(file, USUAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("line 2: steps", "line 3: --x is unknown", "line 4: --l needs");
    Path empty = file("# nothing");
    assertThatThrownBy(() -> PromptFile.read(empty, USUAL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no prompt");
  }

  @Test
  void neighboursThatDifferInPromptsAndSeedAreDrawnTogether() {
    GenerationRequest fox = USUAL.prompted("a fox");
    GenerationRequest cat = fox.toBuilder().prompt("a cat").negativePrompt("x").seed(8).build();
    GenerationRequest wide = fox.toBuilder().width(96).build();
    assertThat(PromptFile.together(List.of(fox, cat, wide, fox)))
        .containsExactly(List.of(fox, cat), List.of(wide), List.of(fox));
    List<GenerationRequest> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(fox.prompted("fox " + i));
    }
    assertThat(PromptFile.together(many)).extracting(List::size).containsExactly(32, 8);
  }
}
