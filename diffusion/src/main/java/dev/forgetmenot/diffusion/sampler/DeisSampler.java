package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.LinkedHashMap;

/**
 * The diffusion exponential integrator sampler with multistep in log ρ: Zhang and Chen, arXiv
 * 2204.13902, section 3 (tAB-DEIS with polynomials of log ρ, ρ = σ/α). diffusers' {@code
 * DEISMultistepScheduler}, which ends at the smallest trained noise, not at the image.
 */
public final class DeisSampler extends LogSnrSampler {
  private static final String NAME = "deis";

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DeisSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        SigmaSchedule.variancePreserving(known(config), NAME, steps),
        solverOrder(config, NAME));
    String algorithm = config.text("algorithm_type", "deis");
    if (!algorithm.matches("deis|dpmsolver(\\+\\+)?")) {
      throw UnsupportedSetting.of(NAME, "algorithm_type", algorithm);
    }
    String solver = config.text("solver_type", "logrho");
    if (!solver.matches("logrho|midpoint|heun|bh1|bh2")) {
      throw UnsupportedSetting.of(NAME, "solver_type", solver);
    }
  }

  private static SchedulerConfig known(SchedulerConfig config) {
    var values =
        new LinkedHashMap<>(
            SigmaSampler.without(
                    config, "use_lu_lambdas", "lambda_min_clipped", "rescale_betas_zero_snr")
                .values());
    values.put("final_sigmas_type", "sigma_min");
    return new SchedulerConfig(values);
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    outputs.add(predicted(true, modelOutput, index, sample));
    double[] nodes = new double[usableOrder(index)];
    for (int k = 0; k < nodes.length; k++) {
      nodes[k] = Math.log(ratio(index - k));
    }
    // x / α changes by Σₖ εₖ ∫ ℓₖ(log ρ) dρ, eq. (14) in ρ
    double signal = signal(index + 1);
    double[] weights = new double[nodes.length];
    for (int k = 0; k < nodes.length; k++) {
      double[] polynomial = LagrangeBasis.polynomial(nodes, k);
      weights[k] =
          signal * (integral(polynomial, ratio(index + 1)) - integral(polynomial, ratio(index)));
    }
    return combined(signal / signal(index), sample, weights);
  }

  /** ∫ p(log ρ) dρ = ρ·(p − p′ + p″ − …)(log ρ). */
  private static double integral(double[] polynomial, double rho) {
    double log = Math.log(rho);
    double sum = 0;
    double[] derivative = polynomial;
    for (int sign = 1; derivative.length > 0; sign = -sign) {
      double value = 0;
      for (int i = derivative.length - 1; i >= 0; i--) {
        value = value * log + derivative[i];
      }
      sum += sign * value;
      double[] next = new double[derivative.length - 1];
      for (int i = 0; i < next.length; i++) {
        next[i] = (i + 1) * derivative[i + 1];
      }
      derivative = next;
    }
    return rho * sum;
  }
}
