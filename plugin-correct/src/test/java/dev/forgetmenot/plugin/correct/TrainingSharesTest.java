package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How often each instance is trained on, as drawings say. */
class TrainingSharesTest {
  private final Map<String, String> notes = new TreeMap<>();
  private final double[] wanted = {0.5, 0.3, 0.2};
  private final TrainingShares proportions = new TrainingShares(wanted, notes);

  @Test
  void atFirstTheyAreTheWantedShares() {
    assertThat(proportions.now()).containsExactly(wanted);
    assertThat(notes).isEmpty();
    proportions.now()[0] = 7;
    assertThat(proportions.now()).containsExactly(wanted);
  }

  @Test
  void whatShowsTooRarelyIsTrainedOnMore() {
    proportions.follow(new double[] {0.9, 0.1, 0});
    double[] now = proportions.now();
    assertThat(now[0]).isLessThan(0.5);
    assertThat(now[1]).isGreaterThan(0.3);
    assertThat(now[2]).isGreaterThan(0.2);
    assertThat(now[2] / 0.2).as("what never shows most").isGreaterThan(now[1] / 0.3);
    assertThat(Arrays.stream(now).sum()).isBetween(0.999, 1.05);
  }

  @Test
  void whereDrawingsShowWhatIsWantedNothingChanges() {
    proportions.follow(wanted.clone());
    double[] now = proportions.now();
    for (int i = 0; i < 3; i++) {
      assertThat(now[i]).isBetween(wanted[i] - 1e-12, wanted[i] + 1e-12);
    }
  }

  @Test
  void nothingIsForgottenWhateverDrawingsShow() {
    for (int i = 0; i < 30; i++) {
      proportions.follow(new double[] {1, 0, 0});
    }
    assertThat(proportions.now()[0]).isGreaterThanOrEqualTo(0.02).isLessThan(0.05);
    proportions.follow(new double[] {0, 0.5, 0.5});
    assertThat(proportions.now()[0]).as("and it comes back").isGreaterThan(0.05);
  }

  @Test
  void notesCarryThemToTheLastBit() {
    proportions.follow(new double[] {0.7, 0.2, 0.1});
    proportions.follow(new double[] {0.61, 0.13, 0.17});
    TrainingShares other = new TrainingShares(new double[] {1, 0, 0}, new TreeMap<>(notes));
    assertThat(other.now()).containsExactly(proportions.now());
  }
}
