package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.util.function.IntFunction;

/**
 * A sampler that goes from one trained timestep to another, with x = √ᾱ·x₀ + √(1−ᾱ)·ε: the sample
 * is what the model sees.
 */
abstract class AlphaSampler implements Sampler {
  final PredictionType predictionType;

  private final double[] timesteps; // of the model's calls
  private final AlphasCumprod alphasCumprod;
  private final float finalAlpha;
  private final StepCounter counter;

  /**
   * Reads the schedule.
   *
   * @param name the sampler's, for errors
   * @param timesteps of the model's calls, whole, in the order in which they are run, by how many
   *     timesteps the model was trained on
   * @param alphaToOne whether ᾱ before the first timestep is 1; else it is ᾱ₀
   */
  AlphaSampler(
      String name,
      SchedulerConfig config,
      AlphasCumprod alphasCumprod,
      IntFunction<double[]> timesteps,
      boolean alphaToOne) {
    this.alphasCumprod = alphasCumprod;
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    this.timesteps = timesteps.apply(trainSteps());
    this.finalAlpha = alphaToOne ? 1 : alphasCumprod.at(0);
    this.counter = new StepCounter(this.timesteps.length, 1);
    if (predictionType == PredictionType.EPSILON && alpha(timestep(0)) == 0) {
      throw UnsupportedSetting.of(
          name, "rescale_betas_zero_snr true with prediction_type", "epsilon");
    }
  }

  /** Timesteps that the model was trained on. */
  final int trainSteps() {
    return alphasCumprod.trainSteps();
  }

  /** ᾱ of a timestep; of those before the first one, the final ᾱ. */
  final float alpha(int timestep) {
    return timestep < 0 ? finalAlpha : alphasCumprod.at(Math.min(timestep, trainSteps() - 1));
  }

  /** The timestep of a call; −1 after the last. */
  final int timestep(int index) {
    return index < timesteps.length ? (int) timesteps[index] : -1;
  }

  /** Whether no call comes after this one. */
  final boolean isLast(int index) {
    return index == timesteps.length - 1;
  }

  /** What x₀ is clipped to, ±; infinite where it is not. */
  static float clip(SchedulerConfig config, boolean otherwise) {
    return config.flag("clip_sample", otherwise)
        ? (float) config.number("clip_sample_range", 1)
        : Float.POSITIVE_INFINITY;
  }

  /** x₀ as the model's output has it; see {@link PredictedOriginalSample#clean}. */
  final NDArray clean(NDArray modelOutput, NDArray sample, float alpha) {
    return PredictedOriginalSample.clean(
        predictionType, modelOutput, Math.sqrt(alpha), Math.sqrt(1 - alpha), sample);
  }

  /** ε as the model's output has it. */
  final NDArray noise(NDArray modelOutput, NDArray sample, float alpha) {
    return PredictedOriginalSample.noise(
        predictionType, modelOutput, Math.sqrt(alpha), Math.sqrt(1 - alpha), sample);
  }

  @Override
  public final double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public final double initNoiseSigma() {
    return 1;
  }

  @Override
  public final NDArray addNoise(NDArray sample, NDArray noise, int index) {
    float alpha = alpha(timestep(index));
    return WeightedSum.of(Math.sqrt(alpha), sample, Math.sqrt(1 - alpha), noise);
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int index) {
    return sample;
  }

  @Override
  public final NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    return step(modelOutput, index, counter.take(index), sample, noise);
  }

  /**
   * The sample at the next timestep.
   *
   * @param call how many calls came before this one in the run
   */
  abstract NDArray step(
      NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise);

  /** Nothing is kept between steps, unless a sampler says so. */
  @Override
  public void close() {}
}
