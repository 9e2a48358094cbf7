package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectionBudgetTest {
  private static DirectionBudget budget(int width, int concepts) {
    return new DirectionBudget(width, concepts, 15);
  }

  @Test
  void oneConceptGetsWhatWasAskedFor() {
    assertThat(budget(128, 1).rank(60)).isEqualTo(60);
    assertThat(budget(128, 1).neighbours(500, 60, 2)).isEqualTo(500);
  }

  @Test
  void allTogetherLoseAnEighthOfTheDirectionsAtMost() {
    assertThat(budget(128, 8).rank(2)).isEqualTo(2);
    assertThat(budget(128, 9).rank(2)).isEqualTo(1);
    assertThat(budget(128, 100).rank(4)).as("at least one").isEqualTo(1);
    assertThat(budget(768, 24).rank(8)).isEqualTo(4);
  }

  @Test
  void manyConceptsShareAQuarterOfTheDirections() {
    assertThat(budget(128, 100).together()).isEqualTo(32);
    assertThat(budget(128, 1).together()).as("one concept").isEqualTo(128);
  }

  @Test
  void nearPhrasesAreHeldInAQuarterOfTheSpace() {
    // 32 less 15 and 6 for the concepts: 11, of 2 directions for each of 3
    assertThat(budget(128, 3).neighbours(14, 2, 2)).isEqualTo(1);
    assertThat(budget(128, 10).neighbours(14, 2, 2)).isZero();
    assertThat(budget(768, 10).neighbours(14, 2, 2)).isEqualTo(7);
    assertThat(budget(768, 3).neighbours(14, 2, 2)).as("no more than asked").isEqualTo(14);
  }
}
