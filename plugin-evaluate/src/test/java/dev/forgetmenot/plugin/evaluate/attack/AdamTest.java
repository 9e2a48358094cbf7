package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdamTest {
  private static final double[][] GRADIENTS = {{1, -2}, {0.5, 3}, {-1, 0}};

  /** The values of three steps of the formulas, computed apart in Python. */
  @ParameterizedTest
  @CsvSource({
    "true, 0.7689249109009899, 0.5394895977219593",
    "false, 0.7850508045178747, 0.5515351372125847"
  })
  void stepsAsTheFormulasSay(boolean decoupled, double first, double second) {
    double[] values = {1, 0.5};
    Adam adam = new Adam(2, 0.1, 0.1, decoupled);
    for (double[] gradient : GRADIENTS) {
      adam.step(values, gradient);
    }
    assertThat(values[0]).isCloseTo(first, within(1e-12));
    assertThat(values[1]).isCloseTo(second, within(1e-12));
  }
}
