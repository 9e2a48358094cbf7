package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MisspellingTest {
  @Test
  void eightMistakesInTheLongestWordAreTheSameEveryTime() {
    List<String> found = Misspelling.of("a soccer ball");
    assertThat(found).hasSize(8).doesNotHaveDuplicates().doesNotContain("a soccer ball");
    assertThat(found).allMatch(phrase -> phrase.startsWith("a ") && phrase.endsWith(" ball"));
    assertThat(Misspelling.of("a soccer ball")).isEqualTo(found);
  }

  @Test
  void eachMistakeIsOneOfAKey() {
    for (String wrong : Misspelling.of("merlin")) {
      assertThat(wrong.length()).isBetween(5, 7);
      assertThat(wrong).endsWith("n");
    }
  }

  @Test
  void shortNamesAreLeftAlone() {
    assertThat(Misspelling.of("ink")).isEmpty();
  }
}
