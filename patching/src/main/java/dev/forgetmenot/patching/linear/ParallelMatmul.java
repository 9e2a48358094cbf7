package dev.forgetmenot.patching.linear;

/**
 * Products with thin matrices, tile by tile, each on one thread. Sums run in a fixed order, so that
 * the bits are the same however a matrix is cut into tiles, and on any machine. Four inner places
 * and two rows are taken at a time, which a just-in-time compiler turns into wide instructions:
 * several times as fast as a general product.
 */
public final class ParallelMatmul {
  /** Inner places that stay in the cache; sums run over so many at a time. */
  static final int INNER = 16;

  private ParallelMatmul() {}

  /**
   * tile += the rows of left from {@code first} on, times right; on one thread.
   *
   * @param tile as wide as right
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void add(Tile tile, Matrix left, int first, Matrix right) {
    if (left.columns() != right.rows()
        || tile.width() != right.columns()
        || first + tile.rows() > left.rows()) {
      throw new IllegalArgumentException(
          "a tile of "
              + (tile.rows() + " × " + tile.width())
              + (" cannot take rows from " + first + " on of " + left.rows())
              + (" × " + left.columns() + " times " + right.rows() + " × " + right.columns()));
    }
    add(tile, left, first, right, 0);
  }

  /** The same with the columns of right from {@code column} on, as many as the tile is wide. */
  static void add(Tile tile, Matrix left, int first, Matrix right, int column) {
    int k = left.columns();
    int n = right.columns();
    for (int inner = 0; inner < k; inner += INNER) {
      int count = Math.min(INNER, k - inner);
      panel(tile, left.data(), first * k + inner, k, right.data(), inner * n + column, n, count);
    }
  }

  /**
   * A part of a row-major array.
   *
   * @param values the array
   * @param at the first value
   * @param stride from one row to the next
   * @param rows how many
   * @param width values of a row
   */
  @SuppressWarnings("ArrayRecordComponent") // written to, never compared
  public record Tile(double[] values, int at, int stride, int rows, int width) {
    /** Rows that stand by themselves. */
    public static Tile of(double[] values, int rows, int width) {
      return new Tile(values, 0, width, rows, width);
    }
  }

  /** tile += a · b with at most {@link #INNER} inner places. */
  static void panel(
      Tile tile, double[] a, int aAt, int aStride, double[] b, int bAt, int bStride, int inner) {
    int row = 0;
    for (; row + 2 <= tile.rows(); row += 2) {
      int out = tile.at() + row * tile.stride();
      int l = aAt + row * aStride;
      int f = 0;
      for (; f + 4 <= inner; f += 4) {
        fourOfTwoRows(tile, out, a, l + f, aStride, b, bAt + f * bStride, bStride);
      }
      for (; f < inner; f++) {
        one(tile, out, a[l + f], b, bAt + f * bStride);
        one(tile, out + tile.stride(), a[l + aStride + f], b, bAt + f * bStride);
      }
    }
    if (row < tile.rows()) { // the last row of an odd number: the same sums in the same order
      int out = tile.at() + row * tile.stride();
      int l = aAt + row * aStride;
      int f = 0;
      for (; f + 4 <= inner; f += 4) {
        four(tile, out, a, l + f, b, bAt + f * bStride, bStride);
      }
      for (; f < inner; f++) {
        one(tile, out, a[l + f], b, bAt + f * bStride);
      }
    }
  }

  private static void fourOfTwoRows(
      Tile tile, int o, double[] a, int l, int aStride, double[] b, int r0, int bStride) {
    double[] sum = tile.values();
    int n = tile.width();
    int p = o + tile.stride();
    int r1 = r0 + bStride;
    int r2 = r1 + bStride;
    int r3 = r2 + bStride;
    double a0 = a[l];
    double a1 = a[l + 1];
    double a2 = a[l + 2];
    double a3 = a[l + 3];
    double b0 = a[l + aStride];
    double b1 = a[l + aStride + 1];
    double b2 = a[l + aStride + 2];
    double b3 = a[l + aStride + 3];
    for (int j = 0; j < n; j++) {
      double x0 = b[r0 + j];
      double x1 = b[r1 + j];
      double x2 = b[r2 + j];
      double x3 = b[r3 + j];
      sum[o + j] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3);
      sum[p + j] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3);
    }
  }

  private static void four(Tile tile, int o, double[] a, int l, double[] b, int r0, int bStride) {
    double[] sum = tile.values();
    int n = tile.width();
    int r1 = r0 + bStride;
    int r2 = r1 + bStride;
    int r3 = r2 + bStride;
    double a0 = a[l];
    double a1 = a[l + 1];
    double a2 = a[l + 2];
    double a3 = a[l + 3];
    for (int j = 0; j < n; j++) {
      sum[o + j] += (a0 * b[r0 + j] + a1 * b[r1 + j]) + (a2 * b[r2 + j] + a3 * b[r3 + j]);
    }
  }

  private static void one(Tile tile, int out, double factor, double[] b, int r) {
    double[] sum = tile.values();
    int n = tile.width();
    for (int j = 0; j < n; j++) {
      sum[out + j] += factor * b[r + j];
    }
  }
}
