package dev.forgetmenot.patching.linear;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A large matrix of floats that is never widened as a whole: its products run over all cores in
 * tiles that are widened to double in the cache. The bits of a product are the same with any number
 * of threads.
 */
public final class FloatMatrix implements LinearMap {
  private static final int SIDE = 128; // rows or columns of a tile

  private final int rows;
  private final int columns;
  private final float[] values;

  /**
   * Looks at values.
   *
   * @param values row-major, finite; not copied: leave them as they are
   * @throws IllegalArgumentException if they are not rows of one width
   */
  public FloatMatrix(int rows, float[] values) {
    if (rows < 1 || values.length % rows != 0) {
      throw new IllegalArgumentException(values.length + " values are not " + rows + " rows");
    }
    this.rows = rows;
    this.columns = values.length / rows;
    this.values = values;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public Matrix times(Matrix right) {
    fit(columns, right.rows());
    int k = right.columns();
    double[] coefficients = right.transposed().data(); // (k × columns)
    double[] product = new double[Math.multiplyExact(rows, k)];
    strips(rows)
        .forEach(
            first -> {
              int width = Math.min(SIDE, rows - first);
              double[] sum = new double[k * width];
              double[] tile = new double[ParallelMatmul.INNER * width];
              for (int inner = 0; inner < columns; inner += ParallelMatmul.INNER) {
                int count = Math.min(ParallelMatmul.INNER, columns - inner);
                for (int i = 0; i < width; i++) {
                  int from = (first + i) * columns + inner;
                  for (int f = 0; f < count; f++) {
                    tile[f * width + i] = values[from + f];
                  }
                }
                add(sum, k, width, coefficients, inner, columns, tile, count);
              }
              transpose(sum, k, width, product, first);
            });
    return Matrix.wrap(rows, k, product);
  }

  @Override
  public Matrix transposedTimes(Matrix right) {
    fit(rows, right.rows());
    int k = right.columns();
    double[] coefficients = right.transposed().data(); // (k × rows)
    double[] product = new double[Math.multiplyExact(columns, k)];
    strips(columns)
        .forEach(
            first -> {
              int width = Math.min(SIDE, columns - first);
              double[] sum = new double[k * width];
              double[] tile = new double[ParallelMatmul.INNER * width];
              for (int inner = 0; inner < rows; inner += ParallelMatmul.INNER) {
                int count = Math.min(ParallelMatmul.INNER, rows - inner);
                for (int f = 0; f < count; f++) {
                  int from = (inner + f) * columns + first;
                  for (int j = 0; j < width; j++) {
                    tile[f * width + j] = values[from + j];
                  }
                }
                add(sum, k, width, coefficients, inner, rows, tile, count);
              }
              transpose(sum, k, width, product, first);
            });
    return Matrix.wrap(columns, k, product);
  }

  private static void add(
      double[] sum, int k, int width, double[] a, int aAt, int aStride, double[] tile, int inner) {
    ParallelMatmul.panel(
        ParallelMatmul.Tile.of(sum, k, width), a, aAt, aStride, tile, 0, width, inner);
  }

  private static void transpose(double[] sum, int k, int width, double[] product, int first) {
    for (int c = 0; c < k; c++) {
      for (int i = 0; i < width; i++) {
        product[(first + i) * k + c] = sum[c * width + i];
      }
    }
  }

  /**
   * ‖A − L·R‖, the norm of what a product of thin factors leaves.
   *
   * @param left L (rows × k)
   * @param right R (k × columns)
   */
  public double residual(Matrix left, Matrix right) {
    fit(left.columns(), right.rows());
    fit(rows, left.rows());
    fit(columns, right.columns());
    double[] squares = new double[(rows + SIDE - 1) / SIDE];
    strips(rows)
        .forEach(
            first -> {
              int height = Math.min(SIDE, rows - first);
              double[] tile = new double[height * SIDE];
              for (int column = 0; column < columns; column += SIDE) {
                int width = Math.min(SIDE, columns - column);
                Arrays.fill(tile, 0);
                ParallelMatmul.add(
                    ParallelMatmul.Tile.of(tile, height, width), left, first, right, column);
                squares[first / SIDE] += square(tile, first, height, column, width);
              }
            });
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  /** The squared norm of the difference of a tile to the values at its place. */
  private double square(double[] tile, int first, int height, int column, int width) {
    double square = 0;
    for (int i = 0; i < height; i++) {
      int from = (first + i) * columns + column;
      for (int j = 0; j < width; j++) {
        double rest = values[from + j] - tile[i * width + j];
        square += rest * rest;
      }
    }
    return square;
  }

  @Override
  public double norm() {
    double[] squares = new double[(rows + SIDE - 1) / SIDE];
    strips(rows)
        .forEach(
            first -> {
              int end = Math.min(rows, first + SIDE) * columns;
              double square = 0;
              for (int i = first * columns; i < end; i++) {
                square += (double) values[i] * values[i];
              }
              squares[first / SIDE] = square;
            });
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  @Override
  public void addTo(ParallelMatmul.Tile tile, int first, double scale) {
    fit(columns, tile.width());
    for (int i = 0; i < tile.rows(); i++) {
      int to = tile.at() + i * tile.stride();
      int from = (first + i) * columns;
      for (int j = 0; j < columns; j++) {
        tile.values()[to + j] += scale * values[from + j];
      }
    }
  }

  @Override
  public Matrix dense() {
    return Matrix.of(rows, columns, values);
  }

  private static IntStream strips(int length) {
    return IntStream.range(0, (length + SIDE - 1) / SIDE).parallel().map(strip -> strip * SIDE);
  }

  private static void fit(int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "expected a factor of " + expected + " rows or columns, found " + found);
    }
  }
}
