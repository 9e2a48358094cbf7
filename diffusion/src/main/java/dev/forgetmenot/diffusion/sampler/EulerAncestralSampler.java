package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * Euler's method with fresh noise in each step: ancestral sampling (Song et al., arXiv 2011.13456,
 * appendix F) in the σ of Karras et al., arXiv 2206.00364. diffusers' {@code
 * EulerAncestralDiscreteScheduler}. A step goes down by Euler's method and up again by noise, see
 * {@link AncestralStep}.
 */
public final class EulerAncestralSampler extends SigmaSampler {
  private static final String NAME = "euler-a";

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public EulerAncestralSampler(SchedulerConfig config, int steps) {
    super(config, SigmaSchedule.varianceExploding(known(config), NAME, steps), 1);
    requireNoSamplePrediction(NAME);
  }

  private static SchedulerConfig known(SchedulerConfig config) {
    return without(
        config,
        "use_karras_sigmas",
        "use_exponential_sigmas",
        "use_beta_sigmas",
        "use_lu_lambdas",
        "use_flow_sigmas",
        "interpolation_type",
        "final_sigmas_type");
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    double from = sigma(index);
    // 1. split the step: down by Euler's method, up by noise
    AncestralStep step = AncestralStep.of(from, sigma(index + 1));
    // 2. the derivative
    try (NDArray derivative = derivative(modelOutput, index, sample)) {
      // 3. Euler's step to σ_down
      NDArray lower = WeightedSum.of(1, sample, step.down() - from, derivative);
      // 4. fresh noise up to σ_to; drawn in the last step too, where it counts nothing
      return FreshNoise.added(lower, step.up(), noise);
    }
  }
}
