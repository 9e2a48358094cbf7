package dev.forgetmenot.evaluation.measure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Embeddings of length 1, one a row: of images or of texts, as a CLIP model gives them. They are
 * divided by their lengths when they are taken, in double precision, so that a cosine is a product.
 */
public final class UnitRows {
  private final double[][] rows;

  private UnitRows(double[][] rows) {
    this.rows = rows;
  }

  /**
   * Embeddings, divided by their lengths.
   *
   * @param embeddings n arrays of one width D, at least one, finite and not zero
   * @return n unit rows
   * @throws IllegalArgumentException if there is none, widths differ, or a row has no direction
   */
  public static UnitRows of(List<float[]> embeddings) {
    if (embeddings.isEmpty()) {
      throw new IllegalArgumentException("No embeddings were given; a measure needs at least one");
    }
    int width = embeddings.get(0).length;
    double[][] rows = new double[embeddings.size()][width];
    for (int i = 0; i < rows.length; i++) {
      float[] from = embeddings.get(i);
      if (from.length != width) {
        throw new IllegalArgumentException(
            "Embedding " + i + " has width " + from.length + ", the first has " + width);
      }
      double squares = 0;
      for (float value : from) {
        squares += (double) value * value;
      }
      if (!(squares > 0) || !Double.isFinite(squares)) {
        throw new IllegalArgumentException("Embedding " + i + " has length " + Math.sqrt(squares));
      }
      double length = Math.sqrt(squares);
      for (int j = 0; j < width; j++) {
        rows[i][j] = from[j] / length;
      }
    }
    return new UnitRows(rows);
  }

  /**
   * The same of an array (n, D).
   *
   * @see #of(List)
   */
  public static UnitRows of(float[][] embeddings) {
    return of(Arrays.asList(embeddings));
  }

  /**
   * How many there are.
   *
   * @return n, at least 1
   */
  public int size() {
    return rows.length;
  }

  /**
   * How wide they are.
   *
   * @return D
   */
  public int width() {
    return rows[0].length;
  }

  /**
   * The cosine of two.
   *
   * @param i a row of these
   * @param other of the same width
   * @param j a row of those
   * @return in -1..1, up to rounding
   */
  public double cosine(int i, UnitRows other, int j) {
    double[] a = rows[i];
    double[] b = other.rows[j];
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  /**
   * Their mean, which is not of length 1.
   *
   * @return D values
   */
  public float[] mean() {
    float[] mean = new float[width()];
    for (int j = 0; j < mean.length; j++) {
      double sum = 0;
      for (double[] row : rows) {
        sum += row[j];
      }
      mean[j] = (float) (sum / rows.length);
    }
    return mean;
  }

  /**
   * Some of them.
   *
   * @param which their places
   * @return these rows in this order
   */
  public UnitRows rows(int[] which) {
    return new UnitRows(IntStream.of(which).mapToObj(i -> rows[i]).toArray(double[][]::new));
  }

  /**
   * These and one more.
   *
   * @param embedding of the same width, finite and not zero
   */
  public UnitRows with(float[] embedding) {
    double[][] all = Arrays.copyOf(rows, rows.length + 1);
    all[rows.length] = of(List.of(embedding)).rows[0];
    return new UnitRows(all);
  }
}
