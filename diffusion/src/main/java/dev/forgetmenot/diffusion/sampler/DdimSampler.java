package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;

/**
 * Denoising diffusion implicit models: Song, Meng and Ermon, arXiv 2010.02502, with η = 0, that is
 * without noise of its own. diffusers' {@code DDIMScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>α<sub>t</sub> (the paper's α is ᾱ elsewhere)</td><td>{@code alphaT}</td></tr>
 *   <tr><td>α<sub>t−1</sub></td><td>{@code alphaPrevious}</td></tr>
 *   <tr><td>f<sub>θ</sub>(x<sub>t</sub>), predicted x₀</td><td>{@code predictedX0}</td></tr>
 *   <tr><td>ε<sub>θ</sub>(x<sub>t</sub>)</td><td>{@code epsilon}</td></tr>
 * </table>
 */
public final class DdimSampler implements Sampler {
  private static final String NAME = "ddim";

  private final AlphasCumprod alphaBars;
  private final PredictionType predictionType;
  private final double[] timesteps;
  private final int stride;
  private final float finalAlpha;
  private final float clip;
  private final StepCounter order;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DdimSampler(SchedulerConfig config, int steps) {
    UnsupportedSetting.flag(config, NAME, "thresholding");
    this.alphaBars = AlphasCumprod.of(config, true);
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    int trainSteps = alphaBars.trainSteps();
    this.timesteps =
        TimestepSpacing.wholeTimesteps(config, TimestepSpacing.LEADING, steps, trainSteps);
    this.stride = trainSteps / steps;
    this.finalAlpha = config.flag("set_alpha_to_one", true) ? 1 : alphaBars.at(0);
    this.clip =
        config.flag("clip_sample", true)
            ? (float) config.number("clip_sample_range", 1)
            : Float.POSITIVE_INFINITY;
    this.order = new StepCounter(steps);
    if (predictionType == PredictionType.EPSILON && alphaBars.at((int) timesteps[0]) == 0) {
      throw UnsupportedSetting.of(
          NAME, "rescale_betas_zero_snr true with prediction_type", "epsilon");
    }
  }

  @Override
  public double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public double initNoiseSigma() {
    return 1;
  }

  @Override
  public NDArray scaleModelInput(NDArray sample, int index) {
    return sample;
  }

  @Override
  public NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    order.take(index);
    // 1. α of this timestep and of the one before it in the forward process
    int t = (int) timesteps[index];
    float alphaT = alphaBars.at(t);
    float alphaPrevious = t - stride >= 0 ? alphaBars.at(t - stride) : finalAlpha;

    // 2. "predicted x₀", eq. (9), clipped where the configuration says so
    try (NDArray unclipped = predictedX0(modelOutput, sample, alphaT);
        NDArray predictedX0 = unclipped.clip(-clip, clip);
        NDArray epsilon = epsilon(modelOutput, sample, alphaT)) {
      // 3. eq. (12) with σ = 0: √α₍t−1₎ · x₀ + "direction pointing to xₜ"
      return WeightedSum.of(
          Math.sqrt(alphaPrevious), predictedX0, Math.sqrt(1 - alphaPrevious), epsilon);
    }
  }

  private NDArray predictedX0(NDArray modelOutput, NDArray sample, float alphaT) {
    double signal = Math.sqrt(alphaT);
    double deviation = Math.sqrt(1 - alphaT);
    return switch (predictionType) {
      case EPSILON -> WeightedSum.of(1 / signal, sample, -deviation / signal, modelOutput);
      case V_PREDICTION -> WeightedSum.of(signal, sample, -deviation, modelOutput);
      case SAMPLE -> modelOutput.duplicate();
    };
  }

  private NDArray epsilon(NDArray modelOutput, NDArray sample, float alphaT) {
    double signal = Math.sqrt(alphaT);
    double deviation = Math.sqrt(1 - alphaT);
    return switch (predictionType) {
      case EPSILON -> modelOutput.duplicate();
      case V_PREDICTION -> WeightedSum.of(deviation, sample, signal, modelOutput);
      case SAMPLE -> WeightedSum.of(1 / deviation, sample, -signal / deviation, modelOutput);
    };
  }

  /** Nothing is kept between steps. */
  @Override
  public void close() {}
}
