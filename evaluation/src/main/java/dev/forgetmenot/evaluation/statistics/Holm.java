package dev.forgetmenot.evaluation.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's step-down adjustment for a family of tests (Holm 1979). */
public final class Holm {
  private Holm() {}

  /**
   * Adjusts p-values: sorted, p̃_(i) = max_{j ≤ i} min(1, (M - j + 1) p_(j)).
   *
   * @param values M p-values in 0..1, in any order
   * @return the adjusted values, in the order given
   */
  public static List<Double> adjusted(List<Double> values) {
    int[] order =
        IntStream.range(0, values.size())
            .boxed()
            .sorted(Comparator.comparing(values::get))
            .mapToInt(Integer::intValue)
            .toArray();
    Double[] adjusted = new Double[order.length];
    double largest = 0;
    for (int j = 0; j < order.length; j++) {
      largest = Math.max(largest, Math.min(1, (order.length - j) * values.get(order[j])));
      adjusted[order[j]] = largest;
    }
    return List.of(adjusted);
  }
}
