package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

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
public final class DdimSampler extends AlphaSampler {
  private static final String NAME = "ddim";

  private final float clip;
  private final StepCounter order;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DdimSampler(SchedulerConfig config, int steps) {
    super(config, AlphasCumprod.of(checked(config), true), true, steps);
    this.clip =
        config.flag("clip_sample", true)
            ? (float) config.number("clip_sample_range", 1)
            : Float.POSITIVE_INFINITY;
    this.order = new StepCounter(steps, 1);
    if (predictionType == PredictionType.EPSILON && alpha((int) timesteps[0]) == 0) {
      throw UnsupportedSetting.of(
          NAME, "rescale_betas_zero_snr true with prediction_type", "epsilon");
    }
  }

  private static SchedulerConfig checked(SchedulerConfig config) {
    UnsupportedSetting.flag(config, NAME, "thresholding");
    return config;
  }

  @Override
  public NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    order.take(index);
    // 1. α of this timestep and of the one before it in the forward process
    int t = (int) timesteps[index];
    float alphaT = alpha(t);
    float alphaPrevious = alpha(t - stride);

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
