package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
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
public final class EulerAncestralSampler implements Sampler {
  private static final String NAME = "euler-a";

  private final SigmaSchedule schedule;
  private final PredictionType predictionType;
  private final StepCounter order;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public EulerAncestralSampler(SchedulerConfig config, int steps) {
    this.schedule = SigmaSchedule.interpolated(config, steps);
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    if (predictionType == PredictionType.SAMPLE) {
      throw UnsupportedSetting.of(NAME, "prediction_type", "sample");
    }
    this.order = new StepCounter(steps);
  }

  @Override
  public double[] timesteps() {
    return schedule.timesteps().clone();
  }

  @Override
  public double initNoiseSigma() {
    return schedule.initNoiseSigma();
  }

  @Override
  public NDArray scaleModelInput(NDArray sample, int index) {
    return schedule.scaled(sample, index);
  }

  @Override
  public NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    order.take(index);
    // 1. split the step: down by Euler's method, up by noise
    double from = schedule.sigmas()[index];
    double to = schedule.sigmas()[index + 1];
    double up = Math.sqrt(to * to * (from * from - to * to) / (from * from));
    double down = Math.sqrt(to * to - up * up);
    // 2. the denoised sample and the derivative
    try (NDArray denoised =
            PredictedOriginalSample.denoised(predictionType, modelOutput, from, sample);
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

  /** Nothing is kept between steps. */
  @Override
  public void close() {}
}
