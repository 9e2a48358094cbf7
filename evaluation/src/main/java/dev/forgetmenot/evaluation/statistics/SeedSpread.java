package dev.forgetmenot.evaluation.statistics;

import dev.forgetmenot.kit.evaluate.Interval;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A number over training seeds.
 *
 * @param mean of the values
 * @param deviation their standard deviation, with n - 1
 * @param standardError deviation / √n
 * @param interval mean ± t · standard error, t the 97.5 % quantile of n - 1 degrees of freedom
 */
public record SeedSpread(double mean, double deviation, double standardError, Interval interval) {
  /**
   * The spread of values.
   *
   * @param values one for each seed, at least two
   * @return their spread
   */
  public static SeedSpread of(List<Double> values) {
    int n = values.size();
    if (n < 2) {
      throw new IllegalArgumentException("A spread needs the values of 2 seeds or more, not " + n);
    }
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    double deviation = Math.sqrt(squares / (n - 1));
    double error = deviation / Math.sqrt(n);
    double half = TDistribution.of(n - 1).inverseSurvivalProbability(0.025) * error;
    return new SeedSpread(mean, deviation, error, new Interval(mean - half, mean + half));
  }
}
