package dev.forgetmenot.host.bench;

import dev.forgetmenot.files.Message;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What was measured several times.
 *
 * @param what is done
 * @param precision that it is computed in
 * @param size what it is done with, such as {@code 2 x 64 x 64 px}
 * @param unit of the values
 * @param values in the order in which they were measured, at least one
 * @param gflop how many thousand million floating point operations the networks' products take;
 *     empty where they are not counted
 * @param share of the processor's limit that the median is, 0 to about 1; empty likewise
 */
public record SpeedRow(
    String what,
    String precision,
    String size,
    String unit,
    List<Double> values,
    OptionalDouble gflop,
    OptionalDouble share) {
  /** Copies the list. */
  public SpeedRow {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException(what + " should be measured at least once");
    }
  }

  /** The value in the middle, or the mean of the two there. */
  public double median() {
    return median(values);
  }

  /** The least value. */
  public double least() {
    return values.stream().mapToDouble(value -> value).min().orElseThrow();
  }

  /** The largest value. */
  public double most() {
    return values.stream().mapToDouble(value -> value).max().orElseThrow();
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** One line for people. */
  public String line() {
    return Message.of(
        "%-34s %-11s %-20s %9s %-8s %9s to %-9s %2d %8s %8s",
        what,
        precision,
        size,
        number(median()),
        unit,
        number(least()),
        number(most()),
        values.size(),
        gflop.isPresent() ? number(gflop.getAsDouble()) : "",
        share.isPresent() ? Message.of("%.0f %%", 100 * share.getAsDouble()) : "");
  }

  /** Three digits that matter: 0.0123, 4.57, 128. */
  private static String number(double value) {
    int digits = (int) Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(Math.max(value, 1e-9)))));
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }

  /** What the columns of {@link #line} are. */
  public static String head() {
    return Message.of(
        "%-34s %-11s %-20s %9s %-8s %9s to %-9s %2s %8s %8s",
        "what", "precision", "size", "median", "unit", "least", "most", "n", "GFLOP", "of limit");
  }
}
