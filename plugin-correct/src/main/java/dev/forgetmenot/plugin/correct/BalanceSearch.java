package dev.forgetmenot.plugin.correct;

import java.util.Arrays;

/**
 * Looks for how far a word must be pulled towards each overshadowed instance for drawings to show
 * the wanted shares. Each round tries pulls and gets what drawings then show: the dominant
 * instance's share brackets the strength of all pulls together, the others' shares divide it among
 * them.
 */
final class BalanceSearch {
  private static final double FIRST = 0.5;
  private static final double GROWTH = 1.6; // while no strength is known to be too much
  private static final double MOST = 4;
  private static final double SOFT = 0.05; // what an instance that never shows counts as

  private final double[] wanted;
  private final double[] mix; // of the overshadowed, makes 1
  private double enough = 0; // a strength that leaves the dominant one too often
  private double tooMuch = Double.NaN;
  private double strength = FIRST;

  /**
   * A search.
   *
   * @param wanted shares, the dominant one first; they make 1
   */
  BalanceSearch(double[] wanted) {
    this.wanted = wanted.clone();
    mix = Arrays.copyOfRange(wanted, 1, wanted.length);
    makeOne(mix);
  }

  /** How far towards each overshadowed instance to pull in this round. */
  double[] pulls() {
    return Arrays.stream(mix).map(part -> strength * part).toArray();
  }

  /**
   * Takes what drawings with these pulls show, and chooses the next.
   *
   * @param shares of the instances, the dominant one first; less than 1 together where other things
   *     show
   */
  void saw(double[] shares) {
    if (shares[0] > wanted[0]) {
      enough = strength;
    } else {
      tooMuch = strength;
    }
    strength = Double.isNaN(tooMuch) ? Math.min(MOST, strength * GROWTH) : (enough + tooMuch) / 2;
    for (int i = 0; i < mix.length; i++) {
      mix[i] *= Math.sqrt((wanted[i + 1] + SOFT) / (shares[i + 1] + SOFT));
    }
    makeOne(mix);
  }

  /** How far shares are from the wanted ones, in [0, 1]: the total variation distance. */
  static double distance(double[] wanted, double[] shares) {
    double sum = 1 - Arrays.stream(shares).sum(); // what shows nothing of all that
    for (int i = 0; i < wanted.length; i++) {
      sum += Math.abs(wanted[i] - shares[i]);
    }
    return sum / 2;
  }

  private static void makeOne(double[] parts) {
    double sum = Arrays.stream(parts).sum();
    for (int i = 0; i < parts.length; i++) {
      parts[i] /= sum;
    }
  }
}
