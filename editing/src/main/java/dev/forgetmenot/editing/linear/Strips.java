package dev.forgetmenot.editing.linear;

import java.util.stream.IntStream;

/**
 * Products with thin matrices in strips of rows, over all cores. A strip is one thread's alone and
 * its sums run in a fixed order, so that the bits are the same with any number of threads and on
 * any machine. Four inner places and two rows are taken at a time, which a just-in-time compiler
 * turns into wide instructions: several times as fast as a general product.
 */
public final class Strips {
  private static final int ROWS = 32; // rows of a strip
  private static final int INNER = 16; // rows of the right matrix that stay in the cache

  private Strips() {}

  /**
   * sum += left · right.
   *
   * @param sum (out × in), row-major
   * @param left (out × k)
   * @param right (k × in)
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void add(double[] sum, Matrix left, Matrix right) {
    if (left.columns() != right.rows() || sum.length != (long) left.rows() * right.columns()) {
      throw new IllegalArgumentException(
          sum.length
              + " sums cannot take "
              + (left.rows() + " × " + left.columns())
              + (" times " + right.rows() + " × " + right.columns()));
    }
    add(sum, left.columns(), left.data(), right.columns(), right.data());
  }

  /**
   * A · B of a large A that is no matrix yet.
   *
   * @param large A, row-major, rows as wide as B is high; finite
   * @param right B (d × k)
   */
  public static Matrix times(double[] large, Matrix right) {
    int rows = large.length / right.rows();
    if (large.length != (long) rows * right.rows()) {
      throw new IllegalArgumentException(large.length + " values are not rows of " + right.rows());
    }
    Matrix result = Matrix.zeros(rows, right.columns());
    add(result.data(), right.rows(), large, right.columns(), right.data());
    return result;
  }

  private static void add(double[] sum, int k, double[] left, int n, double[] right) {
    int rows = n == 0 ? 0 : sum.length / n;
    IntStream.range(0, (rows + ROWS - 1) / ROWS)
        .parallel()
        .forEach(
            strip -> {
              int end = Math.min(rows, (strip + 1) * ROWS);
              for (int first = 0; first < k; first += INNER) {
                strip(sum, k, left, n, right, strip * ROWS, end, first);
              }
            });
  }

  private static void strip(
      double[] sum, int k, double[] left, int n, double[] right, int from, int end, int first) {
    int last = Math.min(k, first + INNER);
    int row = from;
    for (; row + 2 <= end; row += 2) {
      int f = first;
      for (; f + 4 <= last; f += 4) {
        fourOfTwoRows(sum, k, left, n, right, row, f);
      }
      for (; f < last; f++) {
        one(sum, row * n, left[row * k + f], n, right, f);
        one(sum, (row + 1) * n, left[(row + 1) * k + f], n, right, f);
      }
    }
    for (; row < end; row++) { // the last row of an odd number: the same sums in the same order
      int f = first;
      for (; f + 4 <= last; f += 4) {
        four(sum, k, left, n, right, row, f);
      }
      for (; f < last; f++) {
        one(sum, row * n, left[row * k + f], n, right, f);
      }
    }
  }

  private static void fourOfTwoRows(
      double[] sum, int k, double[] left, int n, double[] right, int row, int f) {
    int l = row * k + f;
    int o = row * n;
    int p = o + n;
    int r0 = f * n;
    int r1 = r0 + n;
    int r2 = r1 + n;
    int r3 = r2 + n;
    double a0 = left[l];
    double a1 = left[l + 1];
    double a2 = left[l + 2];
    double a3 = left[l + 3];
    double b0 = left[l + k];
    double b1 = left[l + k + 1];
    double b2 = left[l + k + 2];
    double b3 = left[l + k + 3];
    for (int j = 0; j < n; j++) {
      double x0 = right[r0 + j];
      double x1 = right[r1 + j];
      double x2 = right[r2 + j];
      double x3 = right[r3 + j];
      sum[o + j] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3);
      sum[p + j] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3);
    }
  }

  private static void four(
      double[] sum, int k, double[] left, int n, double[] right, int row, int f) {
    int l = row * k + f;
    int o = row * n;
    int r0 = f * n;
    int r1 = r0 + n;
    int r2 = r1 + n;
    int r3 = r2 + n;
    double a0 = left[l];
    double a1 = left[l + 1];
    double a2 = left[l + 2];
    double a3 = left[l + 3];
    for (int j = 0; j < n; j++) {
      sum[o + j] +=
          (a0 * right[r0 + j] + a1 * right[r1 + j]) + (a2 * right[r2 + j] + a3 * right[r3 + j]);
    }
  }

  private static void one(double[] sum, int out, double factor, int n, double[] right, int f) {
    int r = f * n;
    for (int j = 0; j < n; j++) {
      sum[out + j] += factor * right[r + j];
    }
  }
}
