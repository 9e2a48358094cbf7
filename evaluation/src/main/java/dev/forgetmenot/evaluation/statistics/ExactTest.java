package dev.forgetmenot.evaluation.statistics;

import dev.forgetmenot.kit.evaluate.Count;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.BinomialTest;
import org.apache.commons.statistics.inference.FisherExactTest;

/** Exact tests of counts. Each gives a p-value in 0..1. */
public final class ExactTest {
  private ExactTest() {}

  /**
   * McNemar's exact test of paired answers (same prompt and seed, two models), two-sided: min(1, 2
   * · Σ_{i ≤ min(b, c)} C(b + c, i) / 2^(b + c)).
   *
   * @param b pairs in which only the first has it
   * @param c pairs in which only the second has it
   * @return the p-value; 1 where no pair differs
   */
  public static double mcNemar(int b, int c) {
    return paired(b, c, AlternativeHypothesis.TWO_SIDED);
  }

  /**
   * McNemar's exact test, one-sided: Σ_{i ≤ c} C(b + c, i) / 2^(b + c). Small where the first has
   * it more often than chance allows.
   *
   * @param b pairs in which only the first has it
   * @param c pairs in which only the second has it
   * @return the p-value; 1 where no pair differs
   */
  public static double mcNemarGreater(int b, int c) {
    return paired(b, c, AlternativeHypothesis.GREATER_THAN);
  }

  private static double paired(int b, int c, AlternativeHypothesis alternative) {
    return b + c == 0
        ? 1
        : BinomialTest.withDefaults().with(alternative).test(b + c, b, 0.5).getPValue();
  }

  /**
   * Fisher's exact test of two separate counts, one-sided: small where the rate of {@code found} is
   * above that of {@code floor} by more than chance allows.
   *
   * @param found images of the target
   * @param floor images of what the model never knew
   * @return the p-value
   */
  public static double fisherGreater(Count found, Count floor) {
    return FisherExactTest.withDefaults()
        .with(AlternativeHypothesis.GREATER_THAN)
        .test(
            new int[][] {
              {found.k(), found.rest().k()},
              {floor.k(), floor.rest().k()}
            })
        .getPValue();
  }
}
