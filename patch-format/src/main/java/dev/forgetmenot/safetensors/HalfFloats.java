package dev.forgetmenot.safetensors;

/**
 * The two 16-bit float types, bit for bit: binary16 ("half") and bfloat16.
 *
 * <p>Narrowing rounds once, to the nearest value, ties to even; what is beyond the range becomes
 * infinite; a NaN stays a NaN. Widening is exact.
 */
public final class HalfFloats {

  private HalfFloats() {}

  /** The value of a binary16 bit pattern. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) {
      return Float.intBitsToFloat(sign | 0x7f800000 | ((magnitude & 0x3ff) << 13));
    }
    if (magnitude >= 0x400) {
      return Float.intBitsToFloat(sign | ((magnitude << 13) + 0x38000000));
    }
    float value = magnitude * 0x1p-24f;
    return sign == 0 ? value : -value;
  }

  /** The binary16 bit pattern nearest to a float. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= 0x477ff000) { // 65520, half way from the largest half to the next power of two
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= 0x38800000) { // normal halves start at 2^-14
      return (short) (sign | roundedShift(magnitude - 0x38000000, 13));
    }
    int exponent = magnitude >>> 23;
    if (exponent < 102) { // below 2^-25, half of the smallest subnormal
      return (short) sign;
    }
    return (short) (sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent));
  }

  /** The binary16 bit pattern nearest to a double, rounded once (not by way of a float). */
  public static short doubleToHalf(double value) {
    return floatToHalf(roundedToOdd(value));
  }

  /** The value of a bfloat16 bit pattern. */
  public static float bfloat16ToFloat(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }

  /** The bfloat16 bit pattern nearest to a float. */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The bfloat16 bit pattern nearest to a double, rounded once (not by way of a float). */
  public static short doubleToBfloat16(double value) {
    return floatToBfloat16(roundedToOdd(value));
  }

  /** {@code value / 2^shift} to the nearest integer, ties to even. */
  private static int roundedShift(int value, int shift) {
    // Without a branch, which no processor could foretell: it takes most of the time otherwise.
    int odd = (value >>> shift) & 1;
    return (value + (1 << (shift - 1)) - 1 + odd) >>> shift;
  }

  /**
   * A float that remembers in its last bit that digits were cut: a second rounding to fewer bits is
   * then right, because a cut value can never be taken for a tie.
   */
  private static float roundedToOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value) || Float.isInfinite(nearest)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    if (Math.abs((double) nearest) > Math.abs(value)) {
      bits--;
    }
    return Float.intBitsToFloat(bits | 1);
  }
}
