package dev.forgetmenot.diffusion.clip;

/**
 * Resizes one line of 8-bit values as Pillow does: a filter that widens when the line shrinks, with
 * weights rounded to 22 binary digits behind the point, and a result rounded to 8 bits.
 */
final class Resampler {
  private static final int PRECISION = 22;

  private final int[] starts;
  private final int[][] weights;

  private Resampler(int[] starts, int[][] weights) {
    this.starts = starts;
    this.weights = weights;
  }

  /**
   * A resampler of lines.
   *
   * @param from length before
   * @param to length behind
   * @param bicubic cubic with a = -0.5, otherwise linear
   */
  static Resampler of(int from, int to, boolean bicubic) {
    double scale = (double) from / to;
    double stretch = Math.max(scale, 1);
    double support = (bicubic ? 2 : 1) * stretch;
    int[] starts = new int[to];
    int[][] weights = new int[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int start = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(from, (int) (centre + support + 0.5));
      double[] exact = new double[end - start];
      double sum = 0;
      for (int j = 0; j < exact.length; j++) {
        double distance = Math.abs((start + j + 0.5 - centre) / stretch);
        exact[j] = bicubic ? cubic(distance) : Math.max(0, 1 - distance);
        sum += exact[j];
      }
      starts[i] = start;
      weights[i] = new int[exact.length];
      for (int j = 0; j < exact.length; j++) {
        double fixed = exact[j] / sum * (1 << PRECISION);
        weights[i][j] = (int) (fixed + Math.copySign(0.5, fixed));
      }
    }
    return new Resampler(starts, weights);
  }

  /** Keys' cubic convolution with a = -0.5. */
  private static double cubic(double x) {
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /**
   * Resizes a line.
   *
   * @param in values 0 to 255
   * @param at index of the first value
   * @param step from one value to the next
   * @param out gets the values
   * @param outAt index of the first one there
   * @param outStep from one to the next there
   */
  void line(int[] in, int at, int step, int[] out, int outAt, int outStep) {
    for (int i = 0; i < starts.length; i++) {
      int sum = 1 << (PRECISION - 1);
      int[] row = weights[i];
      for (int j = 0; j < row.length; j++) {
        sum += in[at + (starts[i] + j) * step] * row[j];
      }
      out[outAt + i * outStep] = Math.min(255, Math.max(0, sum >> PRECISION));
    }
  }
}
