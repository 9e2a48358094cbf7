package dev.forgetmenot.patch.edit;

import dev.forgetmenot.files.Message;

/**
 * What is added to some rows of one tensor at strength 1. A row is everything under one index of
 * the first dimension: a convolution is taken as the matrix that {@code flatten(1)} makes of it.
 *
 * @param shape the tensor's shape, of 2 to 4 dimensions
 * @param index which rows, strictly rising, each from 0 to shape[0] − 1; not copied
 * @param rows (index.length, elements of a row), finite
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record SelectedRows(long[] shape, long[] index, Rows rows) {
  /** Most dimensions of the tensor. */
  public static final int MAX_DIMENSIONS = 4;

  /** Checks that shape, index and rows agree. */
  public SelectedRows {
    if (shape.length < 2 || shape.length > MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "expected a tensor of 2 to " + MAX_DIMENSIONS + " dimensions, found " + shape.length);
    }
    if (index.length != rows.count() || rows.width() != width(shape)) {
      throw new IllegalArgumentException(
          Message.of(
              "expected rows (%s, %s) for the index and the shape, found (%s, %s)",
              index.length, width(shape), rows.count(), rows.width()));
    }
    int wrong = firstWrong(index, shape[0]);
    if (wrong >= 0) {
      throw new IllegalArgumentException(
          Message.of(
              "expected rising row numbers below %s, found %s at place %s",
              shape[0], index[wrong], wrong));
    }
  }

  /** Elements of one row of a tensor of this shape. */
  public static long width(long[] shape) {
    long width = 1;
    for (int i = 1; i < shape.length; i++) {
      width = Math.multiplyExact(width, shape[i]);
    }
    return width;
  }

  /** The place of the first row number that does not rise or is out of range, or -1. */
  static int firstWrong(long[] index, long count) {
    for (int i = 0; i < index.length; i++) {
      boolean rising = i == 0 ? index[i] >= 0 : index[i] > index[i - 1];
      if (!rising || index[i] >= count) {
        return i;
      }
    }
    return -1;
  }
}
