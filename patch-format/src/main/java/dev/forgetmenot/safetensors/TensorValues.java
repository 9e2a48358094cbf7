package dev.forgetmenot.safetensors;

import java.nio.ByteBuffer;

/**
 * Turns stored bytes into Java numbers. Buffers are little-endian and read from their position to
 * their limit.
 */
final class TensorValues {

  private TensorValues() {}

  /** Narrower types widened exactly, F64 rounded to the nearest float. */
  static float[] floats(DType dtype, ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / dtype.bytes()];
    floats(dtype, bytes, values, 0);
    return values;
  }

  /** The same into a part of an array, from {@code begin} on. */
  static void floats(DType dtype, ByteBuffer bytes, float[] values, int begin) {
    int count = bytes.remaining() / dtype.bytes();
    if (dtype == DType.F32) {
      bytes.asFloatBuffer().get(values, begin, count);
      return;
    }
    int at = bytes.position();
    for (int i = 0; i < count; i++) {
      values[begin + i] =
          switch (dtype) {
            case F16 -> HalfFloats.halfToFloat(bytes.getShort(at + 2 * i));
            case BF16 -> HalfFloats.bfloat16ToFloat(bytes.getShort(at + 2 * i));
            case F64 -> (float) bytes.getDouble(at + 8 * i);
            case F8_E4M3 -> EightBitFloats.e4m3ToFloat(bytes.get(at + i));
            case F8_E5M2 -> EightBitFloats.e5m2ToFloat(bytes.get(at + i));
            default -> throw new IllegalArgumentException("expected a float type, found " + dtype);
          };
    }
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

  /** Any type of whole numbers; U64 beyond the largest long is taken for negative. */
  static long[] longs(DType dtype, ByteBuffer bytes) {
    long[] values = new long[bytes.remaining() / dtype.bytes()];
    int at = bytes.position();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case I64, U64 -> bytes.getLong(at + 8 * i);
            case I32 -> bytes.getInt(at + 4 * i);
            case U32 -> Integer.toUnsignedLong(bytes.getInt(at + 4 * i));
            case I16 -> bytes.getShort(at + 2 * i);
            case U16 -> Short.toUnsignedLong(bytes.getShort(at + 2 * i));
            case I8 -> bytes.get(at + i);
            case U8, BOOL -> Byte.toUnsignedLong(bytes.get(at + i));
            default ->
                throw new IllegalArgumentException("expected an integer type, found " + dtype);
          };
    }
    return values;
  }
}
