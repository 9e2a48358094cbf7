package dev.forgetmenot.safetensors;

import java.util.Arrays;

/**
 * Where one tensor is in its file and what it holds.
 *
 * @param name the tensor's name as the file has it
 * @param dtype element type
 * @param shape dimensions, outermost first; empty for a scalar
 * @param begin first byte, counted from the start of the data section
 * @param end the byte after the last one
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content below
public record TensorInfo(String name, DType dtype, long[] shape, long begin, long end) {

  /** Copies the shape, so that a caller's array cannot change this record. */
  public TensorInfo {
    shape = shape.clone();
  }

  /** A copy of the dimensions, outermost first. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of dimensions; 0 for a scalar. */
  public int rank() {
    return shape.length;
  }

  /** Number of elements; 1 for a scalar, 0 when a dimension is 0. */
  public long elements() {
    return elements(shape);
  }

  /** Number of bytes in the file. */
  public long byteSize() {
    return end - begin;
  }

  /**
   * The number of elements of a shape; 1 of none.
   *
   * @throws ArithmeticException when the product does not fit into a long
   */
  public static long elements(long[] shape) {
    long product = 1;
    for (long dimension : shape) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && begin == that.begin
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape) + " bytes " + begin + ".." + end;
  }
}
