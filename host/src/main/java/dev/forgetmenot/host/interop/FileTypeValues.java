package dev.forgetmenot.host.interop;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.DeltaAccumulator;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.EightBitFloats;
import dev.forgetmenot.safetensors.HalfFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sums as a file holds them: rounded once, to the nearest value of the file's type. */
final class FileTypeValues {
  private FileTypeValues() {}

  /**
   * The little-endian bytes.
   *
   * @param where for messages
   * @param size number of values
   * @throws PatchFormatException FMN-306 if a value is not finite in that type
   */
  static ByteBuffer of(String where, DType dtype, int size, DeltaAccumulator sums)
      throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(size, dtype.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    sums.forEachStrip(
        (first, values) ->
            put(
                where,
                dtype,
                values,
                bytes
                    .slice(first * dtype.bytes(), values.length * dtype.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN)));
    return bytes;
  }

  private static void put(String where, DType dtype, double[] values, ByteBuffer bytes)
      throws PatchFormatException {
    for (double value : values) {
      boolean finite =
          switch (dtype) {
            case F64 -> put(bytes, value);
            case F32 -> put(bytes, (float) value);
            case F16 -> {
              short half = HalfFloats.doubleToHalf(value);
              bytes.putShort(half);
              yield Float.isFinite(HalfFloats.halfToFloat(half));
            }
            case BF16 -> {
              short half = HalfFloats.doubleToBfloat16(value);
              bytes.putShort(half);
              yield Float.isFinite(HalfFloats.bfloat16ToFloat(half));
            }
            case F8_E4M3 -> {
              byte bits = EightBitFloats.doubleToE4m3(value);
              bytes.put(bits);
              yield Float.isFinite(EightBitFloats.e4m3ToFloat(bits));
            }
            case F8_E5M2 -> {
              byte bits = EightBitFloats.doubleToE5m2(value);
              bytes.put(bits);
              yield Float.isFinite(EightBitFloats.e5m2ToFloat(bits));
            }
            default -> false; // no patch changes what is no float
          };
      if (!finite) {
        throw new PatchFormatException(
            PatchError.NON_FINITE,
            where,
            "becomes " + value + ", which " + dtype + " cannot hold; use smaller strengths");
      }
    }
  }

  private static boolean put(ByteBuffer bytes, double value) {
    bytes.putDouble(value);
    return Double.isFinite(value);
  }

  private static boolean put(ByteBuffer bytes, float value) {
    bytes.putFloat(value);
    return Float.isFinite(value);
  }
}
