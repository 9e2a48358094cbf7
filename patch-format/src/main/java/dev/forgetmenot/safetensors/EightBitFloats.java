package dev.forgetmenot.safetensors;

import java.util.Arrays;

/**
 * The two 8-bit float types (Micikevicius et al., "FP8 formats for deep learning", arXiv
 * 2209.05433), bit for bit as PyTorch has them.
 *
 * <p>Widening is exact. Narrowing rounds once, to the nearest value, ties to even; what is beyond
 * the range becomes NaN in E4M3, which has no infinities, and infinite in E5M2.
 */
public final class EightBitFloats {
  private static final int SIGN = 0x80;
  private static final int E4M3_NAN = 0x7f;
  private static final int E5M2_INFINITE = 0x7c;
  private static final float[] E4M3 = finite(E4M3_NAN, EightBitFloats::e4m3ToFloat);
  private static final float[] E5M2 = finite(E5M2_INFINITE, EightBitFloats::e5m2ToFloat);

  private EightBitFloats() {}

  @FunctionalInterface
  private interface Widening {
    float of(byte bits);
  }

  /** The values of 0 to {@code end - 1}: positive, finite, rising. */
  private static float[] finite(int end, Widening widening) {
    float[] values = new float[end];
    for (int i = 0; i < end; i++) {
      values[i] = widening.of((byte) i);
    }
    return values;
  }

  /** The value of an E4M3 bit pattern: largest 448, smallest 2⁻⁹. */
  public static float e4m3ToFloat(byte bits) {
    int magnitude = bits & 0x7f;
    if (magnitude == E4M3_NAN) {
      return Float.NaN;
    }
    int exponent = magnitude >> 3;
    int mantissa = magnitude & 7;
    float value =
        exponent == 0
            ? Math.scalb((float) mantissa, -9)
            : Math.scalb((float) (8 + mantissa), exponent - 10);
    return (bits & SIGN) == 0 ? value : -value;
  }

  /** The value of an E5M2 bit pattern: largest 57,344, smallest 2⁻¹⁶. */
  public static float e5m2ToFloat(byte bits) {
    return HalfFloats.halfToFloat((short) (bits << 8));
  }

  /** The E4M3 bit pattern nearest to a value. */
  public static byte doubleToE4m3(double value) {
    return nearest(E4M3, 464, E4M3_NAN, E4M3_NAN, value);
  }

  /** The E5M2 bit pattern nearest to a value. */
  public static byte doubleToE5m2(double value) {
    return nearest(E5M2, 61_440, E5M2_INFINITE, E5M2_INFINITE | 2, value);
  }

  /**
   * The nearest of a table.
   *
   * @param limit half way from the largest value to what would come next
   * @param beyond the pattern of what is larger
   * @param nan the pattern of NaN
   */
  private static byte nearest(float[] table, double limit, int beyond, int nan, double value) {
    int sign = Math.copySign(1, value) < 0 ? SIGN : 0;
    double magnitude = Math.abs(value);
    if (Double.isNaN(value)) {
      return (byte) (sign | nan);
    }
    // Half way is a tie between the largest pattern, and what comes next: the even one.
    boolean lastIsEven = (table.length - 1) % 2 == 0;
    if (magnitude > limit || (magnitude == limit && !lastIsEven)) {
      return (byte) (sign | beyond);
    }
    int at = magnitude > Float.MAX_VALUE ? -1 : Arrays.binarySearch(table, (float) magnitude);
    if (at >= 0 && table[at] == magnitude) {
      return (byte) (sign | at);
    }
    int above = upper(table, magnitude);
    if (above == table.length) {
      return (byte) (sign | (table.length - 1));
    }
    double up = table[above] - magnitude;
    double down = magnitude - table[above - 1];
    boolean toLower = down < up || (down == up && (above - 1) % 2 == 0);
    return (byte) (sign | (toLower ? above - 1 : above));
  }

  /** The first index whose value is above a magnitude; the table's length if none is. */
  private static int upper(float[] table, double magnitude) {
    int low = 0;
    int high = table.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (table[middle] > magnitude) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
