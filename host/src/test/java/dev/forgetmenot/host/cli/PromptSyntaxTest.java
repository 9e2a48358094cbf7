package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptSyntaxTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a (fox:1.5) in snow",
        "a [fox|cat]",
        "[fox:cat:0.5]",
        "a fox BREAK snow",
        "<lora:x:1> a fox"
      })
  void isNamedOnce(String prompt) {
    assertThat(PromptSyntax.note(prompt).orElseThrow()).contains("read as plain words: ");
  }

  @Test
  void severalFormsAreOneSentence() {
    assertThat(PromptSyntax.note("(fox:1.5) [a|b] <lora:x:1>").orElseThrow())
        .contains("weights as in", "alternatives as in", "files as in", "fmn patch import")
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
    assertThat(PromptSyntax.note(prompt)).isEmpty();
  }
}
