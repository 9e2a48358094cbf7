package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.util.Arrays;

/**
 * A small matrix of vectors of one width, such as rows of a text embedding.
 *
 * @param count rows, at least one
 * @param width elements of a row, at least one
 * @param values row-major, finite; not copied: leave them as they are
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record Rows(int count, int width, float[] values) {
  private static final int WIDEST = 1 << 16;

  /** Checks that the values fit and are finite. */
  public Rows {
    if (count < 1 || width < 1) {
      throw new IllegalArgumentException(
          "expected at least one row and column, found " + count + " x " + width);
    }
    check("rows", count, width, values);
  }

  /**
   * Rounds each value to the nearest float, ties to even.
   *
   * @throws IllegalArgumentException if the rows differ in length or a value is not finite as float
   */
  public static Rows of(double[][] rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    float[] values = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            "expected rows of " + width + " values, found one of " + rows[i].length);
      }
      for (int j = 0; j < width; j++) {
        values[i * width + j] = (float) rows[i][j];
      }
    }
    return new Rows(rows.length, width, values);
  }

  /** The rows, widened exactly. */
  public double[][] doubles() {
    double[][] rows = new double[count][width];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        rows[i][j] = values[i * width + j];
      }
    }
    return rows;
  }

  /** A copy, row by row. */
  public float[][] floats() {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
    }
    return rows;
  }

  /** The Frobenius norm. */
  public double norm() {
    double square = 0;
    for (float value : values) {
      square += (double) value * value;
    }
    return Math.sqrt(square);
  }

  static void check(String what, long rows, long columns, float[] values) {
    if (Math.multiplyExact(rows, columns) != values.length) {
      throw new IllegalArgumentException(
          "expected " + rows + " x " + columns + " values of " + what + ", found " + values.length);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            what + " holds " + values[i] + " at index " + i + ", which is not finite");
      }
    }
  }

  /** Reads the member {@code width} of what a manifest says of rows. */
  static int readWidth(JsonObjectReader members) throws PatchFormatException {
    return (int) members.integer("width", 1, WIDEST);
  }

  /** Adds them to a file as a tensor (count, width). */
  void addTo(SafetensorsWriter tensors, String name) {
    tensors.add(name, DType.F32, new long[] {count, width}, values);
  }
}
