package dev.forgetmenot.safetensors;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/**
 * Turns stored bytes into Java numbers. Buffers are little-endian and read from their position to
 * their limit.
 */
final class TensorValues {

  private TensorValues() {}

  /** Widens F16 and BF16 to float; F32 as it is. The other types would lose digits. */
  static float[] floats(DType dtype, ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / dtype.bytes()];
    if (dtype == DType.F32) {
      bytes.asFloatBuffer().get(values);
    } else {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < values.length; i++) {
        values[i] = widen(dtype, halves.get(i));
      }
    }
    return values;
  }

  /** Any float type as doubles, exactly. */
  static double[] doubles(DType dtype, ByteBuffer bytes) {
    double[] values = new double[bytes.remaining() / dtype.bytes()];
    if (dtype == DType.F64) {
      bytes.asDoubleBuffer().get(values);
    } else {
      float[] floats = floats(dtype, bytes);
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
    }
    return values;
  }

  static long[] longs(ByteBuffer bytes) {
    long[] values = new long[bytes.remaining() / Long.BYTES];
    bytes.asLongBuffer().get(values);
    return values;
  }

  private static float widen(DType dtype, short bits) {
    return switch (dtype) {
      case F16 -> HalfFloats.halfToFloat(bits);
      case BF16 -> HalfFloats.bfloat16ToFloat(bits);
      default -> throw new IllegalArgumentException("expected F16 or BF16, found " + dtype);
    };
  }
}
