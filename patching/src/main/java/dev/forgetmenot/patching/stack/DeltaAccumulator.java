package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.LinearMap;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.ParallelMatmul;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A weight and what is added to it, in the order in which it was added: summed in double in strips
 * of rows, over all cores, and rounded once. Thin factors that follow one another are added in one
 * pass. A convolution is taken as the matrix that {@code flatten(1)} makes of it. The bits do not
 * depend on the number of threads or on how many rows a strip has.
 */
public final class DeltaAccumulator {
  private static final int STRIP = 1 << 15; // values that are widened at a time

  /** What is added to rows of the weight from {@code first} on. */
  private interface Addition {
    void addTo(ParallelMatmul.Tile rows, int first);
  }

  /** Takes the sums of some rows; on any thread, strips in any order. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes them.
     *
     * @param first place of the first value in the weight
     * @param sums the values
     */
    void take(int first, double[] sums) throws IOException;
  }

  private final int rows;
  private final int columns;
  private final FloatMatrix weight;
  private final List<Addition> additions = new ArrayList<>();
  private final List<Matrix> lefts = new ArrayList<>();
  private final List<Matrix> rights = new ArrayList<>();

  /**
   * Begins with a weight.
   *
   * @param rows of the weight as a matrix, at least 1
   * @param weight row-major; not copied, {@link #rounded} makes it the sum
   */
  public DeltaAccumulator(int rows, float[] weight) {
    this(new FloatMatrix(rows, weight));
  }

  /**
   * Begins with a weight that may be stored: it is read strip by strip.
   *
   * @param weight if it is an array, {@link #rounded} makes it the sum
   */
  public DeltaAccumulator(FloatMatrix weight) {
    this.rows = weight.rows();
    this.columns = weight.columns();
    this.weight = weight;
  }

  /**
   * Adds values.
   *
   * @param values (rows × columns)
   * @param scale by which each is multiplied in double
   */
  public void add(LinearMap values, double scale) {
    fit(values.rows(), values.columns());
    other((tile, first) -> values.addTo(tile, first, scale));
  }

  /**
   * Adds left · right.
   *
   * @param left (rows × k)
   * @param right (k × columns)
   */
  public void add(Matrix left, Matrix right) {
    fit(left.rows(), right.columns());
    lefts.add(left);
    rights.add(right);
  }

  /**
   * Adds some rows.
   *
   * @param index which rows of the weight, each at least 0 and less than its rows
   * @param some what is added to each (n × columns)
   */
  public void addRows(List<Long> index, Matrix some) {
    fit(rows, some.columns());
    other(
        (tile, first) -> {
          for (int i = 0; i < some.rows(); i++) {
            long row = index.get(i) - first;
            if (row >= 0 && row < tile.rows()) {
              for (int j = 0; j < columns; j++) {
                tile.values()[(int) row * columns + j] += some.get(i, j);
              }
            }
          }
        });
  }

  private void fit(int height, int width) {
    if (height != rows || width != columns) {
      throw new IllegalArgumentException(
          (height + " × " + width) + (" cannot be added to " + rows + " × " + columns));
    }
  }

  private void other(Addition addition) {
    join();
    additions.add(addition);
  }

  private void join() {
    if (!lefts.isEmpty()) {
      Matrix left = Matrix.joinColumns(lefts);
      Matrix right = Matrix.joinRows(rights);
      additions.add((tile, first) -> ParallelMatmul.add(tile, left, first, right));
      lefts.clear();
      rights.clear();
    }
  }

  /**
   * Works the sums out.
   *
   * @throws IOException of the sink
   */
  public void forEachStrip(Sink sink) throws IOException {
    join();
    try {
      IntStream.range(0, strips())
          .parallel()
          .forEach(
              strip -> {
                try {
                  sink.take(strip * height() * columns, sums(strip));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Rows of a strip. */
  private int height() {
    return Math.max(2, STRIP / Math.max(1, columns));
  }

  private int strips() {
    return (int) (((long) rows + height() - 1) / height());
  }

  private double[] sums(int strip) {
    int first = strip * height();
    int count = Math.min(height(), rows - first);
    double[] sums = weight.widened(first, count);
    ParallelMatmul.Tile tile = ParallelMatmul.Tile.of(sums, count, columns);
    additions.forEach(addition -> addition.addTo(tile, first));
    return sums;
  }

  /** The norm of the sums. */
  public double norm() {
    join();
    double[] squares = new double[strips()];
    IntStream.range(0, squares.length)
        .parallel()
        .forEach(
            strip -> {
              for (double value : sums(strip)) {
                squares[strip] += value * value;
              }
            });
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  /**
   * The sums, rounded to float, in the array of the weight if it is one: to be asked for once.
   *
   * @throws UncheckedIOException if a stored weight cannot be read
   */
  public float[] rounded() {
    float[] rounded = weight.array().orElseGet(() -> new float[rows * columns]);
    try {
      forEachStrip(
          (first, sums) -> {
            for (int i = 0; i < sums.length; i++) {
              rounded[first + i] = (float) sums[i];
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rounded;
  }
}
