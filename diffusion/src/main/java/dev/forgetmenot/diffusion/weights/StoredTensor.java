package dev.forgetmenot.diffusion.weights;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor of a file, or a range of the rows of one, which is stored in one piece like a tensor of
 * its own. Usable as long as the file is open.
 *
 * @param file where it is
 * @param stored the tensor's name in the file
 * @param dtype element type
 * @param shape of the range, outermost first
 * @param offset bytes of the stored tensor before the range
 * @param transposed whether the file holds the transpose of this matrix
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StoredTensor(
    SafetensorsFile file,
    String stored,
    DType dtype,
    long[] shape,
    long offset,
    boolean transposed) {

  /** A tensor as it is stored. */
  public StoredTensor(SafetensorsFile file, String stored, DType dtype, long[] shape, long offset) {
    this(file, stored, dtype, shape, offset, false);
  }

  /** A whole tensor. */
  public static StoredTensor whole(SafetensorsFile file, TensorInfo info) {
    return new StoredTensor(file, info.name(), info.dtype(), info.shape(), 0);
  }

  /**
   * Some rows of this tensor.
   *
   * @param first the first row
   * @param count how many
   * @throws IllegalArgumentException if it has no such rows
   */
  public StoredTensor rows(long first, long count) {
    if (shape.length == 0 || first < 0 || count < 0 || first + count > shape[0]) {
      throw new IllegalArgumentException(stored + " has no rows " + first + " and " + count);
    }
    long[] part = shape.clone();
    part[0] = count;
    long row = shape[0] == 0 ? 0 : size() / shape[0];
    return new StoredTensor(file, stored, dtype, part, offset + first * row * dtype.bytes());
  }

  /**
   * The transpose of this whole matrix.
   *
   * @throws IllegalArgumentException if it is none
   */
  public StoredTensor transpose() {
    if (shape.length != 2 || offset != 0 || transposed) {
      throw new IllegalArgumentException(stored + " is no whole matrix as it is stored");
    }
    return new StoredTensor(file, stored, dtype, new long[] {shape[1], shape[0]}, 0, true);
  }

  /** The same place in another file, such as a copy. */
  public StoredTensor in(SafetensorsFile other) {
    return new StoredTensor(other, stored, dtype, shape, offset, transposed);
  }

  /**
   * Other values of this matrix, in the order in which the file holds it.
   *
   * @param bytes all of them, in the order of this matrix
   * @return the given ones where that is the same
   */
  public ByteBuffer asStored(ByteBuffer bytes) {
    return transposed ? flipped(bytes, shape[0], shape[1]) : bytes;
  }

  /** The same bytes without sides of 1 after the first {@code rank} dimensions. */
  StoredTensor squeezed(int rank) {
    long[] part = java.util.Arrays.copyOf(shape, rank);
    return new StoredTensor(file, stored, dtype, part, offset, transposed);
  }

  /** Number of elements. */
  public long size() {
    long size = 1;
    for (long side : shape) {
      size = Math.multiplyExact(size, side);
    }
    return size;
  }

  /**
   * The stored little-endian bytes, mapped, read-only.
   *
   * @throws IOException if the file cannot be read, or the tensor it is in has 2 GiB or more
   */
  public ByteBuffer bytes() throws IOException {
    if (transposed) {
      return flipped(file.bytes(stored), shape[1], shape[0]);
    }
    int length = Math.toIntExact(size() * dtype.bytes());
    return file.bytes(stored).slice(Math.toIntExact(offset), length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The transpose of a matrix of so many rows and columns. */
  private ByteBuffer flipped(ByteBuffer from, long rows, long columns) {
    int width = dtype.bytes();
    byte[] to = new byte[Math.toIntExact(rows * columns * width)];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = Math.toIntExact(column * rows + row) * width;
        from.get(Math.toIntExact(row * columns + column) * width, to, at, width);
      }
    }
    return ByteBuffer.wrap(to).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies stored bytes until the buffer is full; nothing is mapped.
   *
   * @param from the first byte, counted from the range's own
   * @throws IOException if the file cannot be read or has become shorter
   */
  public void read(long from, ByteBuffer into) throws IOException {
    if (transposed) {
      into.put(bytes().slice(Math.toIntExact(from), into.remaining()));
    } else {
      file.read(stored, offset + from, into);
    }
  }

  /**
   * The values, widened to float.
   *
   * @throws IOException if the file cannot be read, or the elements are no floats of at most 32
   *     bits
   */
  public float[] floats() throws IOException {
    if (transposed) {
      return dtype.floats(bytes());
    }
    int first = Math.toIntExact(offset / dtype.bytes());
    return file.floats(stored, first, Math.toIntExact(size()));
  }
}
