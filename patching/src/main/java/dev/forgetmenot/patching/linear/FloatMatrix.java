package dev.forgetmenot.patching.linear;

import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
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
  private final float[] values; // null where they are stored
  private final StoredFloats stored; // null where they are an array

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
    this.stored = null;
  }

  /**
   * Looks at stored values; tasks decode the part that they work on.
   *
   * @param stored row-major, finite; if they cannot be read, what looks at them throws {@link
   *     UncheckedIOException}
   * @throws IllegalArgumentException if they are not rows of one width
   */
  public FloatMatrix(int rows, StoredFloats stored) {
    if (rows < 1 || stored.size() % rows != 0) {
      throw new IllegalArgumentException(stored.size() + " values are not " + rows + " rows");
    }
    this.rows = rows;
    this.columns = stored.size() / rows;
    this.values = null;
    this.stored = stored;
  }

  /** Some values of neighbouring rows. The array is a part of the matrix or a copy: read it. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Window(float[] values, int at, int stride) {
    float get(int row, int column) {
      return values[at + row * stride + column];
    }
  }

  /** The values at rows and columns. */
  private Window window(int row, int height, int column, int width) {
    if (stored == null) {
      return new Window(values, row * columns + column, columns);
    }
    float[] some = new float[height * width];
    try {
      if (width == columns) {
        stored.read(row * columns, some, 0, some.length);
      } else {
        for (int i = 0; i < height; i++) {
          stored.read((row + i) * columns + column, some, i * width, width);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Window(some, 0, width);
  }

  /** The array that was given, if it was one: whoever owns it may write to it. */
  public Optional<float[]> array() {
    return Optional.ofNullable(values);
  }

  /** Rows from {@code first} on, widened to double. */
  public double[] widened(int first, int count) {
    Window window = window(first, count, 0, columns);
    double[] wide = new double[count * columns];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = window.values()[window.at() + i];
    }
    return wide;
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
              Window window = window(first, width, 0, columns);
              double[] sum = new double[k * width];
              double[] tile = new double[ParallelMatmul.INNER * width];
              for (int inner = 0; inner < columns; inner += ParallelMatmul.INNER) {
                int count = Math.min(ParallelMatmul.INNER, columns - inner);
                for (int i = 0; i < width; i++) {
                  for (int f = 0; f < count; f++) {
                    tile[f * width + i] = window.get(i, inner + f);
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
                Window window = window(inner, count, first, width);
                for (int f = 0; f < count; f++) {
                  for (int j = 0; j < width; j++) {
                    tile[f * width + j] = window.get(f, j);
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
    Window window = window(first, height, column, width);
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        double rest = window.get(i, j) - tile[i * width + j];
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
              int height = Math.min(SIDE, rows - first);
              Window window = window(first, height, 0, columns);
              double square = 0;
              for (int i = window.at(); i < window.at() + height * columns; i++) {
                square += (double) window.values()[i] * window.values()[i];
              }
              squares[first / SIDE] = square;
            });
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  @Override
  public void addTo(ParallelMatmul.Tile tile, int first, double scale) {
    fit(columns, tile.width());
    Window window = window(first, tile.rows(), 0, columns);
    for (int i = 0; i < tile.rows(); i++) {
      int to = tile.at() + i * tile.stride();
      for (int j = 0; j < columns; j++) {
        tile.values()[to + j] += scale * window.get(i, j);
      }
    }
  }

  @Override
  public Matrix dense() {
    return stored == null
        ? Matrix.of(rows, columns, values)
        : Matrix.wrap(rows, columns, widened(0, rows));
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
