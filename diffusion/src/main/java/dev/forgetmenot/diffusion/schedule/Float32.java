package dev.forgetmenot.diffusion.schedule;

/** The few PyTorch functions of the schedule, rounded where PyTorch rounds. */
final class Float32 {
  private Float32() {}

  /**
   * {@code torch.linspace}: both halves are counted from their own end, each product and sum
   * rounded once.
   */
  static float[] linspace(double start, double end, int count) {
    float[] values = new float[count];
    float first = (float) start;
    float last = (float) end;
    float step = count > 1 ? (last - first) / (count - 1) : 0;
    for (int i = 0; i < count; i++) {
      boolean lower = i < count / 2 || count == 1;
      values[i] = lower ? Math.fma(step, i, first) : Math.fma(-step, (float) (count - 1 - i), last);
    }
    return values;
  }

  /** {@code torch.cumprod}: the running product is kept in double, each value rounded. */
  static float[] cumprod(float[] factors) {
    float[] products = new float[factors.length];
    double product = 1;
    for (int i = 0; i < factors.length; i++) {
      product *= factors[i];
      products[i] = (float) product;
    }
    return products;
  }

  static float sqrt(float value) {
    return (float) Math.sqrt(value);
  }
}
