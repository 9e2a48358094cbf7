package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * A linear multistep method of order 4 in σ (Karras et al., arXiv 2206.00364, eq. 3): the
 * derivatives of the last steps are interpolated by a polynomial, Adams-Bashforth with unequal
 * steps, whose integral is exact. diffusers' {@code LMSDiscreteScheduler}; where a run begins in
 * the middle, the order follows the derivatives that there are.
 */
public final class LmsSampler extends SigmaSampler {
  private static final String NAME = "lms";
  private static final int ORDER = 4;

  private final OutputHistory derivatives = new OutputHistory(ORDER);

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public LmsSampler(SchedulerConfig config, int steps) {
    super(
        config,
        SigmaSchedule.varianceExploding(
            without(
                config,
                "use_lu_lambdas",
                "use_flow_sigmas",
                "interpolation_type",
                "final_sigmas_type",
                "rescale_betas_zero_snr"),
            NAME,
            steps),
        1);
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    derivatives.add(derivative(modelOutput, index, sample));
    double[] nodes = new double[derivatives.size()];
    for (int k = 0; k < nodes.length; k++) {
      nodes[k] = sigma(index - k);
    }
    double[] weights = new double[nodes.length];
    for (int k = 0; k < nodes.length; k++) {
      weights[k] = integral(LagrangeBasis.polynomial(nodes, k), sigma(index), sigma(index + 1));
    }
    try (NDArray change = derivatives.weighted(weights)) {
      return WeightedSum.of(1, sample, 1, change);
    }
  }

  private static double integral(double[] polynomial, double from, double to) {
    double sum = 0;
    for (int i = 0; i < polynomial.length; i++) {
      sum += polynomial[i] * (Math.pow(to, i + 1) - Math.pow(from, i + 1)) / (i + 1);
    }
    return sum;
  }

  /** Frees the derivatives of the last steps. */
  @Override
  public void close() {
    derivatives.close();
  }
}
