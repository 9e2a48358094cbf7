package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptSyntaxTest {
  private static GenerationRequest plain(String prompt) {
    return GenerationRequest.of(prompt);
  }

  private static GenerationRequest weighted(String prompt) {
    return GenerationRequest.builder(prompt).promptWeights(true).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a [fox|cat]", "[fox:cat:0.5]", "a fox AND snow", "<hypernet:x:1> a fox"})
  void whatIsNeverReadIsNamedOnce(String prompt) {
    assertThat(PromptSyntax.note(List.of(weighted(prompt))).orElseThrow())
        .contains("as plain words: ");
    assertThat(PromptSyntax.note(List.of(plain(prompt)))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a (fox:1.5) in snow", "a fox BREAK snow"})
  void weightsAreNamedWhereTheyAreOff(String prompt) {
    assertThat(PromptSyntax.note(List.of(plain(prompt)))).isPresent();
    assertThat(PromptSyntax.note(List.of(weighted(prompt)))).isEmpty();
  }

  @Test
  void severalFormsAreOneSentence() {
    assertThat(PromptSyntax.note(List.of(plain("(fox:1.5) [a|b] <hypernet:x:1>"))).orElseThrow())
        .contains("weights as in", "alternatives as in", "files as in")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a photo of a fox (red), at 10:30",
        "a broken vase and a cat",
        "a <s1> on [a] table"
      })
  void plainPromptsAreNot(String prompt) {
    assertThat(PromptSyntax.note(List.of(plain(prompt)))).isEmpty();
  }

  @Test
  void weightsAreSaidWithTheirWords() {
    assertThat(PromptSyntax.weights(weighted("a (red) fox [in (deep:1.5) snow]")).orElseThrow())
        .startsWith("prompt weights: \"red\" 1.10, \"in\" 0.909, \"deep\" 1.36, \"snow\" 0.909 (")
        .contains("--no-prompt-weights");
    assertThat(PromptSyntax.weights(plain("a (red) fox"))).isEmpty();
    assertThat(PromptSyntax.weights(weighted("a red fox at 10:30"))).isEmpty();
  }
}
