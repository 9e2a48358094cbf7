package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.HalfFloats;

/**
 * The scale of a delta that is stored as half: stored = value / scale, value = stored · scale in
 * double, rounded once to float.
 */
public final class Fp16Scale {
  /** The largest stored value is in [2^14, 2^15): as large as halves go with room to spare. */
  private static final int LARGEST = 14;

  private Fp16Scale() {}

  /**
   * The power of two that brings the largest value into that range, so that only values 2^29 times
   * smaller lose digits to the range; 1 where all are 0.
   */
  public static double of(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    // A double has room for 2^-149-14; getExponent of a float would be wrong for its subnormals.
    return largest == 0 ? 1 : Math.scalb(1.0, Math.getExponent((double) largest) - LARGEST);
  }

  /**
   * The norm of what storing values as halves takes from them: 0 where they are kept to the bit, as
   * differences of halves mostly are.
   *
   * @param values finite
   */
  public static double rounding(float[] values) {
    double scale = of(values);
    double square = 0;
    for (float value : values) {
      double rest = (double) rounded(value, scale) - value;
      square += rest * rest;
    }
    return Math.sqrt(square);
  }

  /** What values become when they are stored as halves. */
  static float[] rounded(float[] values) {
    double scale = of(values);
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = rounded(values[i], scale);
    }
    return rounded;
  }

  private static float rounded(float value, double scale) {
    return value(HalfFloats.halfToFloat(HalfFloats.doubleToHalf(value / scale)), scale);
  }

  /** What stored values stand for. */
  public static float value(float stored, double scale) {
    return (float) (stored * scale);
  }
}
