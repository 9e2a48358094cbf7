package dev.forgetmenot.api.model;

/**
 * Resizes images to the bit as Pillow 13 does: a filter that widens when the image shrinks, first
 * along one axis and then along the other, with weights rounded to 22 binary digits after the
 * point, and the results of both passes rounded to 8 bits. Pillow up to 12 always changed the width
 * first, which matters to narrow upright images alone.
 */
public final class PillowResize {
  private static final int CHANNELS = 3;
  private static final int PRECISION = 22;

  private final int[] starts;
  private final int[][] weights;

  private PillowResize(int[] starts, int[][] weights) {
    this.starts = starts;
    this.weights = weights;
  }

  /**
   * Resizes an image.
   *
   * @param width of the result in pixels, at least 1
   * @param height of the result in pixels, at least 1
   * @param bicubic cubic with a = -0.5, otherwise linear
   */
  public static RgbImage resize(RgbImage in, int width, int height, boolean bicubic) {
    if (in.width() == width && in.height() == height) {
      return in;
    }
    int lessHeight = in.height() - height;
    boolean heightFirst = lessHeight > 0 && lessHeight > 2 * (in.width() - width);
    return heightFirst
        ? across(down(in, height, bicubic), width, bicubic)
        : down(across(in, width, bicubic), height, bicubic);
  }

  private static RgbImage across(RgbImage in, int width, boolean bicubic) {
    if (in.width() == width) {
      return in;
    }
    byte[] out = new byte[CHANNELS * width * in.height()];
    PillowResize rows = of(in.width(), width, bicubic);
    for (int y = 0; y < in.height(); y++) {
      for (int c = 0; c < CHANNELS; c++) {
        rows.line(in.rgb(), CHANNELS * y * in.width() + c, CHANNELS, out, CHANNELS * y * width + c);
      }
    }
    return new RgbImage(width, in.height(), out);
  }

  private static RgbImage down(RgbImage in, int height, boolean bicubic) {
    if (in.height() == height) {
      return in;
    }
    int row = CHANNELS * in.width();
    byte[] out = new byte[row * height];
    PillowResize columns = of(in.height(), height, bicubic);
    for (int i = 0; i < row; i++) {
      columns.line(in.rgb(), i, row, out, i);
    }
    return new RgbImage(in.width(), height, out);
  }

  /**
   * A resampler of lines.
   *
   * @param from length before
   * @param to length after
   * @param bicubic cubic with a = -0.5, otherwise linear
   */
  private static PillowResize of(int from, int to, boolean bicubic) {
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
    return new PillowResize(starts, weights);
  }

  /** Keys' cubic convolution with a = -0.5. */
  private static double cubic(double x) {
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /** Resizes the values from {@code at} on, each {@code step} after the one before. */
  private void line(byte[] in, int at, int step, byte[] out, int outAt) {
    for (int i = 0; i < starts.length; i++) {
      int sum = 1 << (PRECISION - 1);
      int[] row = weights[i];
      for (int j = 0; j < row.length; j++) {
        sum += (in[at + (starts[i] + j) * step] & 0xff) * row[j];
      }
      out[outAt + i * step] = (byte) Math.min(255, Math.max(0, sum >> PRECISION));
    }
  }
}
