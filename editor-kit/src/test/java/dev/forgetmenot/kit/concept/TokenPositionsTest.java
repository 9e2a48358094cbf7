package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.kit.concept.TokenPositions.Run;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenPositionsTest {
  private static final int BEGIN = 98;
  private static final int END = 99;
  private static final int LENGTH = 12;

  /** A prompt of these pieces, padded with the given id. */
  private static TokenizedPrompt prompt(int padding, int... pieces) {
    List<Integer> ids = new ArrayList<>();
    ids.add(BEGIN);
    for (int piece : pieces) {
      ids.add(piece);
    }
    ids.add(END);
    while (ids.size() < LENGTH) {
      ids.add(padding);
    }
    return new TokenizedPrompt("the prompt", ids, pieces.length + 1, "");
  }

  private static List<Integer> find(
      TokenizedPrompt prompt, EosSelection endOfText, Integer... pieces) {
    return TokenPositions.find(prompt, List.of(pieces), endOfText, END).columns();
  }

  @Test
  void aWordOfManyTokens() {
    TokenizedPrompt prompt = prompt(END, 1, 2, 3, 10, 11, 12, 4);
    assertThat(find(prompt, EosSelection.NONE, 10, 11, 12)).containsExactly(4, 5, 6);
  }

  @Test
  void endOfTextIsTheFirstOrNoneOrAllOfItsIds() {
    TokenizedPrompt paddedWithEnd = prompt(END, 1, 2, 7);
    assertThat(find(paddedWithEnd, EosSelection.NONE, 7)).containsExactly(3);
    assertThat(find(paddedWithEnd, EosSelection.FIRST, 7)).containsExactly(3, 4);
    assertThat(find(paddedWithEnd, EosSelection.ALL, 7))
        .containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11);
    TokenizedPrompt paddedWithMark = prompt(0, 1, 2, 7);
    assertThat(find(paddedWithMark, EosSelection.ALL, 7)).containsExactly(3, 4);
  }

  @Test
  void everyOccurrenceCounts() {
    assertThat(find(prompt(END, 7, 8, 1, 7, 8), EosSelection.FIRST, 7, 8))
        .containsExactly(1, 2, 4, 5, 6);
  }

  @Test
  void occurrencesThatOverlapAreMarkedOnce() {
    assertThat(find(prompt(END, 7, 7, 7), EosSelection.NONE, 7, 7)).containsExactly(1, 2, 3);
  }

  @Test
  void conceptsThatContainEachOther() {
    // "cat" in "cat bus and cat": both; "cat bus": only where the whole stands
    TokenizedPrompt prompt = prompt(END, 20, 21, 3, 20);
    assertThat(find(prompt, EosSelection.NONE, 20)).containsExactly(1, 4);
    assertThat(find(prompt, EosSelection.NONE, 20, 21)).containsExactly(1, 2);
  }

  @Test
  void apartInThePromptIsNotFound() {
    assertThatThrownBy(() -> find(prompt(END, 20, 3, 21), EosSelection.ALL, 20, 21))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[20, 21]")
        .hasMessageContaining("[20, 3, 21]")
        .hasMessageContaining("the prompt");
  }

  @Test
  void paddingIsNeverTheConcept() {
    assertThatThrownBy(() -> find(prompt(0, 1, 2), EosSelection.FIRST, 0))
        .hasMessageContaining("do not stand");
    assertThat(find(prompt(0, 1, 0), EosSelection.FIRST, 0)).containsExactly(2, 3);
  }

  @Test
  void columnsFormRuns() {
    assertThat(new TokenPositions(List.of(1, 2, 4, 7, 8, 9)).runs())
        .containsExactly(new Run(1, 3), new Run(4, 5), new Run(7, 10));
    assertThat(new TokenPositions(List.of(5)).runs()).containsExactly(new Run(5, 6));
  }

  @Test
  void templatesPutTheConceptInEveryPlace() {
    assertThat(PromptTemplate.ofThings().with("a fox")).isEqualTo("a photo of a fox");
    assertThat(PromptTemplate.ofStyles().with("ink")).isEqualTo("a photo in the style of ink");
    assertThat(new PromptTemplate("{} and {}").with("x")).isEqualTo("x and x");
    assertThatThrownBy(() -> new PromptTemplate("a photo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("{}");
    assertThat(EosSelection.of("padding")).isEqualTo(EosSelection.ALL);
    assertThatThrownBy(() -> EosSelection.of("some")).hasMessageContaining("'some'");
  }
}
