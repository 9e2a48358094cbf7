package dev.forgetmenot.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.tokenizer.WeightedPrompt.Part;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A1111's syntax: what each form becomes, with the values of its documentation and tests. */
class WeightedPromptTest {
  private static void assertParts(String prompt, Object... textsAndWeights) {
    List<Part> parts = WeightedPrompt.parse(prompt).parts();
    assertThat(parts).as(prompt).hasSize(textsAndWeights.length / 2);
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i).text()).as(prompt).isEqualTo(textsAndWeights[2 * i]);
      assertThat(parts.get(i).weight())
          .as("%s, part %s", prompt, i)
          .isCloseTo((Double) textsAndWeights[2 * i + 1], Offset.offset(1e-12));
      assertThat(parts.get(i).isBreak()).isFalse();
    }
  }

  @Test
  void plainWordsAreOnePart() {
    String[] plain = {"a photo of a fox", "", "at 10:30, a <s1>", "unbalanced) and :1.2)", "a] b"};
    for (String prompt : plain) {
      assertParts(prompt, prompt, 1.0);
      assertThat(WeightedPrompt.parse(prompt).hasSyntax()).isFalse();
    }
  }

  @Test
  void bracketsWeigh() {
    assertParts("an (important) word", "an ", 1.0, "important", 1.1, " word", 1.0);
    assertParts("((very))", "very", 1.1 * 1.1);
    assertParts("[less]", "less", 1 / 1.1);
    assertParts("(fox:1.3)", "fox", 1.3);
    assertParts("(fox: .5 )", "fox", 0.5);
    assertParts("(fox:-1)", "fox", -1.0);
    assertParts("(a [b])", "a ", 1.1, "b", 1.0);
    assertParts(
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
        "a ",
        1.0,
        "house",
        1.3 * 1.1 * 1.1,
        " ",
        1.1,
        "on",
        1.0,
        " a ",
        1.1,
        "hill",
        0.5 * 1.1,
        ", sun, ",
        1.1,
        "sky",
        1.1 * 1.1 * 1.1 * 1.1,
        ".",
        1.1);
  }

  @Test
  void openBracketsReachToTheEndAndEscapesAreCharacters() {
    assertParts("(unfinished", "unfinished", 1.1);
    assertParts("a [b", "a ", 1.0, "b", 1 / 1.1);
    assertParts("\\(literal\\)", "(literal)", 1.0);
    assertParts("\\[a\\] \\\\", "[a] \\", 1.0);
    assertParts("(unnecessary)(parens)", "unnecessaryparens", 1.1);
    assertParts("(fox:1.2.3)", "fox:1.2.3", 1.1);
  }

  @Test
  void breakIsAWordOfItsOwn() {
    assertThat(WeightedPrompt.parse("a fox BREAK (snow BREAK ice)").parts())
        .containsExactly(
            new Part("a fox", 1, false),
            new Part("", 1, true),
            new Part("snow", 1.1, false),
            new Part("", 1.1, true),
            new Part("ice", 1.1, false));
    assertParts("BREAKFAST and a break", "BREAKFAST and a break", 1.0);
    assertThat(WeightedPrompt.parse("a BREAK b").hasSyntax()).isTrue();
  }
}
