package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;

/**
 * Euler's method with fresh noise in each step: ancestral sampling (Song et al., arXiv 2011.13456,
 * appendix F) in the σ of Karras et al., arXiv 2206.00364. diffusers' {@code
 * EulerAncestralDiscreteScheduler}.
 *
 * <p>A step from σ<sub>from</sub> to σ<sub>to</sub> goes down to σ<sub>down</sub> by Euler's method
 * and up again by noise of deviation σ<sub>up</sub>, where σ<sub>down</sub>² + σ<sub>up</sub>² =
 * σ<sub>to</sub>² and σ<sub>up</sub>² = σ<sub>to</sub>² (σ<sub>from</sub>² − σ<sub>to</sub>²) /
 * σ<sub>from</sub>², the variance of the posterior.
 */
public final class EulerAncestralSampler extends SigmaSampler {
  private static final String NAME = "euler-a";

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public EulerAncestralSampler(SchedulerConfig config, int steps) {
    super(config, SigmaSchedule.interpolated(config, steps), steps);
    if (DiscreteNoiseSchedule.predictionType(config) == PredictionType.SAMPLE) {
      throw UnsupportedSetting.of(NAME, "prediction_type", "sample");
    }
  }

  @Override
  NDArray step(NDArray modelOutput, float sigma, float next, NDArray sample, NoiseSource noise) {
    // 1. split the step: down by Euler's method, up by noise
    double from = sigma;
    double to = next;
    double up = Math.sqrt(to * to * (from * from - to * to) / (from * from));
    double down = Math.sqrt(to * to - up * up);
    // 2. the denoised sample and the derivative
    try (NDArray denoised = denoised(modelOutput, from, sample);
        NDArray derivative = WeightedSum.of(1 / from, sample, -1 / from, denoised);
        // 3. Euler's step to σ_down
        NDArray lower = WeightedSum.of(1, sample, down - from, derivative);
        // 4. fresh noise up to σ_to; drawn in the last step too, where it counts nothing
        NDArray fresh = draw(noise, sample)) {
      return WeightedSum.of(1, lower, up, fresh);
    }
  }

  private static NDArray draw(NoiseSource noise, NDArray like) {
    float[] numbers = noise.normal(Math.toIntExact(like.size()));
    return like.getManager().create(numbers, like.getShape());
  }
}
