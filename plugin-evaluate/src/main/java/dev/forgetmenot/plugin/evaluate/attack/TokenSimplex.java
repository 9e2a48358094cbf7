package dev.forgetmenot.plugin.evaluate.attack;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A probability for each word at each of a few places (k × V), as UnlearnDiffAtk optimises them
 * (Zhang et al., "To Generate or Not?", ECCV 2024, arXiv 2310.11868): words are drawn, and the
 * gradient of the one-hot vectors that were drawn is taken for that of the probabilities.
 */
final class TokenSimplex {
  private static final double RATE = 0.01;
  private static final double DECAY = 0.1;
  private static final double LARGEST = 1;
  private static final double PRECISION = 1e-5;

  private final double[][] rows;
  private final Adam[] optimizers;

  /** Every word as likely as any other. */
  TokenSimplex(int places, int words) {
    rows = new double[places][words];
    optimizers = new Adam[places];
    for (int i = 0; i < places; i++) {
      Arrays.fill(rows[i], 1.0 / words);
      optimizers[i] = new Adam(words, RATE, DECAY, false);
    }
  }

  /** Draws a word for each place. */
  int[] sample(SplittableRandom random) {
    int[] words = new int[rows.length];
    for (int i = 0; i < words.length; i++) {
      double left = random.nextDouble() * Arrays.stream(rows[i]).sum();
      int word = 0;
      for (int j = 0; j < rows[i].length && left >= 0; j++) {
        if (rows[i][j] > 0) {
          left -= rows[i][j];
          word = j;
        }
      }
      words[i] = word;
    }
    return words;
  }

  /** The likeliest word of each place. */
  int[] likeliest() {
    return Arrays.stream(rows).mapToInt(TokenSimplex::largest).toArray();
  }

  private static int largest(double[] row) {
    int at = 0;
    for (int i = 1; i < row.length; i++) {
      at = row[i] > row[at] ? i : at;
    }
    return at;
  }

  /**
   * One step of Adam, then back onto the simplex.
   *
   * @param gradient of the one-hot vectors (k × V); clamped to [-1, 1]
   */
  void step(float[][] gradient) {
    for (int i = 0; i < rows.length; i++) {
      double[] clamped = new double[rows[i].length];
      for (int j = 0; j < clamped.length; j++) {
        clamped[j] = Math.max(-LARGEST, Math.min(LARGEST, gradient[i][j]));
      }
      optimizers[i].step(rows[i], clamped);
      project(rows[i]);
    }
  }

  /** The nearest point with all numbers in [0, 1] and a sum of 1: a - μ, clipped. */
  static void project(double[] row) {
    double low = Arrays.stream(row).min().orElseThrow() - 1;
    double high = Arrays.stream(row).max().orElseThrow();
    double shift = (low + high) / 2;
    double sum = clipped(row, shift);
    while (Math.abs(sum - 1) > PRECISION && high - low > Double.MIN_NORMAL) {
      if (sum > 1) {
        low = shift;
      } else {
        high = shift;
      }
      shift = (low + high) / 2;
      sum = clipped(row, shift);
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = clip(row[i] - shift);
    }
  }

  private static double clipped(double[] row, double shift) {
    double sum = 0;
    for (double value : row) {
      sum += clip(value - shift);
    }
    return sum;
  }

  private static double clip(double value) {
    return Math.max(0, Math.min(1, value));
  }

  /** A copy of the probabilities of a place. */
  double[] row(int place) {
    return rows[place].clone();
  }
}
