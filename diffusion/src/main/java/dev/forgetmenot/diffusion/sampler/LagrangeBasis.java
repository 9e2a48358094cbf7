package dev.forgetmenot.diffusion.sampler;

/**
 * Lagrange's basis polynomials of some nodes: ℓₖ is 1 at node k and 0 at the others. What linear
 * multistep methods integrate to get their weights.
 */
final class LagrangeBasis {
  private LagrangeBasis() {}

  /** The coefficients of ℓₖ, of x⁰ first; as many as there are nodes. */
  static double[] polynomial(double[] nodes, int k) {
    double[] coefficients = {1};
    for (int j = 0; j < nodes.length; j++) {
      if (j != k) { // times (x − nodeⱼ) / (nodeₖ − nodeⱼ)
        double scale = nodes[k] - nodes[j];
        double[] product = new double[coefficients.length + 1];
        for (int i = 0; i < coefficients.length; i++) {
          product[i + 1] += coefficients[i] / scale;
          product[i] -= coefficients[i] * nodes[j] / scale;
        }
        coefficients = product;
      }
    }
    return coefficients;
  }

  /**
   * The weights ρ with Σₖ ρₖ·nodeₖⁱ = momentᵢ for i from 0: what a rule with these nodes needs to
   * be exact for polynomials.
   */
  static double[] weights(double[] nodes, double[] moments) {
    double[] weights = new double[nodes.length];
    for (int k = 0; k < nodes.length; k++) {
      double[] polynomial = polynomial(nodes, k);
      for (int i = 0; i < polynomial.length; i++) {
        weights[k] += polynomial[i] * moments[i];
      }
    }
    return weights;
  }
}
