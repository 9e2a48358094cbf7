package dev.forgetmenot.safetensors;

import java.io.IOException;

/**
 * The values of a stored tensor, decoded where they are asked for: a tensor of which no float array
 * is made. Usable as long as what stores it is open, by several threads.
 *
 * @param bytes where they are stored
 * @param dtype the stored type, a float type
 * @param scale by which each stored value is multiplied in double, rounded once to float
 * @param size number of values
 */
public record StoredFloats(StoredBytes bytes, DType dtype, double scale, int size) {
  /** Values that stand for themselves. */
  public StoredFloats(StoredBytes bytes, DType dtype, int size) {
    this(bytes, dtype, 1, size);
  }

  /**
   * Decodes some values.
   *
   * @param first index of the first value
   * @param into takes them from {@code at} on
   * @param count how many
   * @throws IOException if they cannot be read
   */
  public void read(int first, float[] into, int at, int count) throws IOException {
    bytes.floats(dtype, first, into, at, count);
    if (scale != 1) {
      for (int i = at; i < at + count; i++) {
        into[i] = (float) (into[i] * scale);
      }
    }
  }

  /** The Frobenius norm, summed from first to last in double. */
  public double norm() throws IOException {
    return Math.sqrt(addSquares(0));
  }

  /** A sum to which the squares of all values are added one by one, from first to last. */
  public double addSquares(double sum) throws IOException {
    double square = sum;
    float[] some = new float[Math.min(StoredBytes.PIECE, size)];
    for (int first = 0; first < size; first += some.length) {
      int count = Math.min(some.length, size - first);
      read(first, some, 0, count);
      for (int i = 0; i < count; i++) {
        square += (double) some[i] * some[i];
      }
    }
    return square;
  }
}
