package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;

/**
 * A sampler that goes from one σ to the next, with x = x₀ + σ·ε (Karras, Aittala, Aila and Laine,
 * arXiv 2206.00364). It keeps nothing between steps.
 */
abstract class SigmaSampler implements Sampler {
  private final SigmaSchedule schedule;
  private final PredictionType predictionType;
  private final StepCounter order;

  SigmaSampler(SchedulerConfig config, SigmaSchedule schedule, int steps) {
    this.schedule = schedule;
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    this.order = new StepCounter(steps, 1);
  }

  @Override
  public final double[] timesteps() {
    return schedule.timesteps().clone();
  }

  @Override
  public final double initNoiseSigma() {
    return schedule.initNoiseSigma();
  }

  @Override
  public final NDArray addNoise(NDArray sample, NDArray noise, int index) {
    return WeightedSum.of(1, sample, schedule.sigmas()[index], noise);
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int index) {
    return schedule.scaled(sample, index);
  }

  @Override
  public final NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    order.take(index);
    return step(modelOutput, schedule.sigmas()[index], schedule.sigmas()[index + 1], sample, noise);
  }

  /** The sample at the σ {@code to} from the one at {@code from}. */
  abstract NDArray step(
      NDArray modelOutput, float from, float to, NDArray sample, NoiseSource noise);

  /** D(x; σ), eq. (7): what the model's output says of the clean sample. */
  final NDArray denoised(NDArray modelOutput, double sigma, NDArray sample) {
    return PredictedOriginalSample.denoised(predictionType, modelOutput, sigma, sample);
  }

  /** Nothing is kept between steps. */
  @Override
  public final void close() {}
}
