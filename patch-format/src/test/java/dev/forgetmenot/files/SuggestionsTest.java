package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which known names may have been meant. */
class SuggestionsTest {
  private static final List<String> KNOWN = List.of("tower", "chimney", "mill", "barn");

  @Test
  void theNearestThreeComeFirst() {
    assertThat(Suggestions.of("chimny", KNOWN)).hasSize(3).first().isEqualTo("chimney");
  }

  @Test
  void aNameIsWithinItsNumberOfMistakes() {
    assertThat(Suggestions.within("chimny", KNOWN, 1)).contains("chimney");
    assertThat(Suggestions.within("chiny", KNOWN, 1)).isEmpty();
    assertThat(Suggestions.within("chiny", KNOWN, 2)).contains("chimney");
    assertThat(Suggestions.within("tower", KNOWN, 0)).contains("tower");
    assertThat(Suggestions.within("tower", List.of(), 9)).isEmpty();
  }
}
