package dev.forgetmenot.plugin.evaluate.attack;

/**
 * Adam for a few numbers (Kingma and Ba, arXiv 1412.6980), with PyTorch's defaults: β 0.9 and
 * 0.999, ε 1e-8.
 */
final class Adam {
  private static final double FIRST = 0.9;
  private static final double SECOND = 0.999;
  private static final double EPSILON = 1e-8;

  private final double rate;
  private final double decay;
  private final boolean decoupled;
  private final double[] first;
  private final double[] second;
  private int steps;

  /**
   * An optimizer that has not stepped.
   *
   * @param size of the numbers
   * @param rate learning rate
   * @param decay of the weights
   * @param decoupled true: the decay shortens the numbers themselves, as in AdamW; false: it is
   *     added to the gradient
   */
  Adam(int size, double rate, double decay, boolean decoupled) {
    this.rate = rate;
    this.decay = decay;
    this.decoupled = decoupled;
    first = new double[size];
    second = new double[size];
  }

  /** Moves numbers along a gradient of the same size. */
  void step(double[] values, double[] gradient) {
    steps++;
    double corrected = rate / (1 - Math.pow(FIRST, steps));
    double root = Math.sqrt(1 - Math.pow(SECOND, steps));
    for (int i = 0; i < values.length; i++) {
      double g = gradient[i];
      if (decoupled) {
        values[i] *= 1 - rate * decay;
      } else {
        g += decay * values[i];
      }
      first[i] = FIRST * first[i] + (1 - FIRST) * g;
      second[i] = SECOND * second[i] + (1 - SECOND) * g * g;
      values[i] -= corrected * first[i] / (Math.sqrt(second[i]) / root + EPSILON);
    }
  }
}
