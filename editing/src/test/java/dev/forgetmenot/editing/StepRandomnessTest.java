package dev.forgetmenot.editing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Choices by shares. */
class StepRandomnessTest {
  private static final int STEPS = 20_000;

  private static int[] choices(long seed, double... shares) {
    return IntStream.rangeClosed(1, STEPS)
        .map(step -> new StepRandomness(seed, step).choice(shares))
        .toArray();
  }

  private static double share(int[] choices, int of) {
    return Arrays.stream(choices).filter(choice -> choice == of).count() / (double) STEPS;
  }

  @Test
  void eachIsChosenAsOftenAsItsShareOfTheSum() {
    int[] choices = choices(3, 5, 3, 2);
    assertThat(share(choices, 0)).isCloseTo(0.5, within(0.015));
    assertThat(share(choices, 1)).isCloseTo(0.3, within(0.015));
    assertThat(share(choices, 2)).isCloseTo(0.2, within(0.015));
  }

  @Test
  void whatHasNoShareIsNeverChosen() {
    assertThat(choices(4, 0, 1e-3, 0, 1e-3, 0)).containsOnly(1, 3);
    assertThat(choices(4, 0, 0, 7)).containsOnly(2);
  }

  @Test
  void aStepChoosesTheSameEachTimeAndOthersOtherwise() {
    assertThat(choices(5, 1, 1, 1))
        .isEqualTo(choices(5, 2, 2, 2))
        .isNotEqualTo(choices(6, 1, 1, 1));
  }

  @Test
  void theChoiceSaysNothingOfTheTimestep() {
    double[] even = {1, 1};
    double mean =
        IntStream.rangeClosed(1, STEPS)
            .mapToObj(step -> new StepRandomness(9, step))
            .filter(step -> step.choice(even) == 1)
            .mapToInt(step -> step.timestep(1000))
            .average()
            .orElseThrow();
    assertThat(mean).isCloseTo(499.5, within(12.0));
  }
}
