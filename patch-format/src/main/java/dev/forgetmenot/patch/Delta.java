package dev.forgetmenot.patch;

/**
 * What is added to one tensor of the base at strength 1.
 *
 * @param shape the tensor's shape
 * @param values row-major, as many as the shape holds; not copied: leave them as they are
 * @param half whether a patch stores them as halves with a scale of the tensor: half the size, and
 *     11 significant bits instead of 24
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record Delta(long[] shape, float[] values, boolean half) {
  /** Checks that shape and values agree. */
  public Delta {
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(
          "expected " + elements + " values for the shape, found " + values.length);
    }
  }

  /** Stored as they are, in F32. */
  public Delta(long[] shape, float[] values) {
    this(shape, values, false);
  }
}
