package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What is added to one tensor of the base at strength 1. The values may be computed or read each
 * time they are asked for, so that a patch of any size needs the memory of one tensor.
 *
 * @param shape the tensor's shape
 * @param source gives the values, the same ones each time
 * @param half whether a patch stores them as halves with a scale of the tensor: half the size, and
 *     11 significant bits instead of 24
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record Delta(long[] shape, Values source, boolean half) {

  /** Gives the values of one tensor. */
  @FunctionalInterface
  public interface Values {
    /**
     * The values, row-major. Whoever asks does not change them.
     *
     * @throws IOException if they are read from a file, and cannot be
     */
    float[] values() throws IOException;
  }

  /**
   * Values that are there.
   *
   * @param values row-major, as many as the shape holds; not copied: leave them as they are
   */
  public Delta(long[] shape, float[] values, boolean half) {
    this(shape, () -> values, half);
    check(values.length);
  }

  /** Stored as they are, in F32. */
  public Delta(long[] shape, float[] values) {
    this(shape, values, false);
  }

  /** How many values the shape holds. */
  public long elements() {
    return TensorInfo.elements(shape);
  }

  /**
   * The values, row-major. Leave them as they are; of a large model keep those of one tensor at a
   * time.
   *
   * @throws UncheckedIOException if they are read from a file, and cannot be
   */
  public float[] values() {
    try {
      return read();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * The values that are read again from a patch which stores this, row-major: rounded if they are
   * halves. Leave them as they are.
   *
   * @throws UncheckedIOException if they are read from a file, and cannot be
   */
  public float[] stored() {
    return half ? Fp16Scale.rounded(values()) : values();
  }

  /** The values, row-major. */
  float[] read() throws IOException {
    float[] values = source.values();
    check(values.length);
    return values;
  }

  private void check(int found) {
    if (elements() != found) {
      throw new IllegalArgumentException(
          "expected " + elements() + " values for the shape, found " + found);
    }
  }
}
