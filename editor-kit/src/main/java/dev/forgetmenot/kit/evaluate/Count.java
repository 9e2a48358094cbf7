package dev.forgetmenot.kit.evaluate;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * So many of so many: the number of images that a judge gave a label to, of all that it saw.
 *
 * @param k how many, 0 to {@code n}
 * @param n of how many, 0 or more
 */
public record Count(int k, int n) {
  private static final double ALPHA = 0.05;

  /** Checks the range. */
  public Count {
    if (k < 0 || n < k) {
      throw new IllegalArgumentException("a count of " + k + " of " + n);
    }
  }

  /**
   * The share.
   *
   * @return k / n in 0..1, NaN of nothing
   */
  public double rate() {
    return (double) k / n;
  }

  /**
   * The others: n - k of n.
   *
   * @return the count of those that are not counted here
   */
  public Count rest() {
    return new Count(n - k, n);
  }

  /**
   * Both together.
   *
   * @param other of other images
   * @return the sum of both
   */
  public Count plus(Count other) {
    return new Count(k + other.k, n + other.n);
  }

  /**
   * The score interval at 95 % (Wilson 1927): centre (p + z²/2n) / (1 + z²/n), half width z / (1 +
   * z²/n) · √(p(1 - p)/n + z²/4n²), z = 1.959964.
   *
   * @return the interval within 0..1; all of it for n = 0
   */
  public Interval wilson() {
    return interval(BinomialConfidenceInterval.WILSON_SCORE);
  }

  /**
   * The exact interval at 95 % (Clopper and Pearson 1934), from quantiles of the beta distribution.
   * Its upper end at k = 0 is 1 - 0.025^(1/n): what "0 of n" cannot rule out.
   *
   * @return the interval within 0..1; all of it for n = 0
   */
  public Interval clopperPearson() {
    return interval(BinomialConfidenceInterval.CLOPPER_PEARSON);
  }

  private Interval interval(BinomialConfidenceInterval method) {
    if (n == 0) {
      return new Interval(0, 1);
    }
    var found = method.fromErrorRate(n, k, ALPHA);
    return new Interval(Math.max(0, found.getLowerBound()), Math.min(1, found.getUpperBound()));
  }
}
