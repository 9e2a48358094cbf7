package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.util.List;

/**
 * A sampler that goes from one σ to the next, with x = x₀ + σ·ε (Karras, Aittala, Aila and Laine,
 * arXiv 2206.00364).
 */
abstract class SigmaSampler implements Sampler {
  /** Above this σ arithmetic keeps the order of diffusers; below, no rounding reaches 1e-5. */
  private static final double CANCELLING = 1000;

  private final SigmaSchedule schedule;
  private final PredictionType predictionType;
  private final int order;
  private final StepCounter counter;

  /**
   * Reads what the model predicts.
   *
   * @param order calls of the model a step
   */
  SigmaSampler(SchedulerConfig config, SigmaSchedule schedule, int order) {
    this.schedule = schedule;
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    this.order = order;
    this.counter = new StepCounter(schedule.calls(), order);
  }

  /** The configuration without keys that the sampler's class in diffusers does not know. */
  static SchedulerConfig without(SchedulerConfig config, String... keys) {
    var values = new java.util.LinkedHashMap<>(config.values());
    values.keySet().removeAll(List.of(keys));
    return new SchedulerConfig(values);
  }

  /**
   * Refuses models that predict x₀.
   *
   * @throws IllegalArgumentException if this one does
   */
  final void requireNoSamplePrediction(String sampler) {
    if (predictionType == PredictionType.SAMPLE) {
      throw UnsupportedSetting.of(sampler, "prediction_type", "sample");
    }
  }

  /** σ at a call of the model; after the last, where the run ends. */
  final float sigma(int index) {
    return schedule.sigmas()[index];
  }

  /** Whether no call comes after this one. */
  final boolean isLast(int index) {
    return index == schedule.calls() - 1;
  }

  @Override
  public final double[] timesteps() {
    return schedule.timesteps().clone();
  }

  @Override
  public final int order() {
    return order;
  }

  @Override
  public final double initNoiseSigma() {
    return schedule.initNoiseSigma();
  }

  @Override
  public final NDArray addNoise(NDArray sample, NDArray noise, int index) {
    return WeightedSum.of(1, sample, sigma(index), noise);
  }

  /** x as the model wants it: x / √(σ²+1). */
  @Override
  public final NDArray scaleModelInput(NDArray sample, int index) {
    double sigma = sigma(index);
    return sample.div((float) Math.sqrt(sigma * sigma + 1));
  }

  @Override
  public final NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    counter.take(index);
    return advance(modelOutput, index, sample, noise);
  }

  /** The sample at the level of the next call. */
  abstract NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise);

  /** D(x; σ), eq. (7): what the model's output says of the clean sample. */
  final NDArray denoised(NDArray modelOutput, int index, NDArray sample) {
    float sigma = sigma(index);
    return sigma > CANCELLING
        ? PredictedOriginalSample.denoisedInOrder(predictionType, modelOutput, sigma, sample)
        : PredictedOriginalSample.denoised(predictionType, modelOutput, sigma, sample);
  }

  /** d = (x − D(x; σ)) / σ, eq. (3): the derivative by σ. */
  final NDArray derivative(NDArray modelOutput, int index, NDArray sample) {
    try (NDArray denoised = denoised(modelOutput, index, sample)) {
      return derivative(denoised, sigma(index), sample);
    }
  }

  /** The same where D is given. */
  static NDArray derivative(NDArray denoised, double sigma, NDArray sample) {
    if (sigma > CANCELLING) {
      try (NDArray difference = sample.sub(denoised)) {
        return difference.div((float) sigma);
      }
    }
    return WeightedSum.of(1 / sigma, sample, -1 / sigma, denoised);
  }

  /** Nothing is kept between steps, unless a sampler says so. */
  @Override
  public void close() {}
}
