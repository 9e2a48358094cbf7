package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;

/**
 * A sampler that goes from one trained timestep to another, with x = √ᾱ·x₀ + √(1−ᾱ)·ε: the sample
 * is what the model sees.
 */
abstract class AlphaSampler implements Sampler {
  final PredictionType predictionType;
  final double[] timesteps;

  /** Trained timesteps from one step to the next. */
  final int stride;

  private final AlphasCumprod alphasCumprod;
  private final float finalAlpha;

  /**
   * Reads the schedule.
   *
   * @param alphaToOne what {@code set_alpha_to_one} is where the configuration lacks it
   */
  AlphaSampler(SchedulerConfig config, AlphasCumprod alphasCumprod, boolean alphaToOne, int steps) {
    this.alphasCumprod = alphasCumprod;
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    int trainSteps = alphasCumprod.trainSteps();
    this.timesteps =
        TimestepSpacing.wholeTimesteps(config, TimestepSpacing.LEADING, steps, trainSteps);
    this.stride = trainSteps / steps;
    this.finalAlpha = config.flag("set_alpha_to_one", alphaToOne) ? 1 : alphasCumprod.at(0);
  }

  /** ᾱ of a timestep; of those before the first one, the final α. */
  final float alpha(int timestep) {
    return timestep < 0
        ? finalAlpha
        : alphasCumprod.at(Math.min(timestep, alphasCumprod.trainSteps() - 1));
  }

  @Override
  public double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public final double initNoiseSigma() {
    return 1;
  }

  @Override
  public final NDArray addNoise(NDArray sample, NDArray noise, int index) {
    float alpha = alpha((int) timesteps()[index]);
    return WeightedSum.of(Math.sqrt(alpha), sample, Math.sqrt(1 - alpha), noise);
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int index) {
    return sample;
  }
}
