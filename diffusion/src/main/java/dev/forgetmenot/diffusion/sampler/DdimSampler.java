package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * Denoising diffusion implicit models: Song, Meng and Ermon, arXiv 2010.02502. With η = 0, which
 * holds unless {@code eta} is set, it draws no noise of its own; with η = 1 it draws as much as
 * DDPM. diffusers' {@code DDIMScheduler}, whose pipelines take {@code eta} as an argument.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>α<sub>t</sub> (the paper's α is ᾱ elsewhere)</td><td>{@code alphaT}</td></tr>
 *   <tr><td>α<sub>t−1</sub></td><td>{@code alphaPrevious}</td></tr>
 *   <tr><td>σ<sub>t</sub>(η)</td><td>{@code sigma}</td></tr>
 *   <tr><td>f<sub>θ</sub>(x<sub>t</sub>), predicted x₀</td><td>{@code predictedX0}</td></tr>
 *   <tr><td>ε<sub>θ</sub>(x<sub>t</sub>)</td><td>{@code epsilon}</td></tr>
 * </table>
 */
public final class DdimSampler extends AlphaSampler {
  private static final String NAME = "ddim";

  private final int stride; // trained timesteps from one step to the next
  private final float clip;
  private final double eta;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DdimSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        AlphasCumprod.of(config, true),
        trainSteps ->
            TimestepSpacing.wholeTimesteps(config, TimestepSpacing.LEADING, steps, trainSteps),
        config.flag("set_alpha_to_one", true));
    UnsupportedSetting.flag(config, NAME, "thresholding");
    this.stride = trainSteps() / steps;
    this.clip = clip(config, true);
    this.eta = UnsupportedSetting.share(config, NAME, "eta", 0);
  }

  @Override
  NDArray step(NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise) {
    // 1. α of this timestep and of the one before it in the forward process
    int t = timestep(index);
    float alphaT = alpha(t);
    float alphaPrevious = alpha(t - stride);
    // 2. σₜ(η), eq. (16)
    double sigma =
        eta
            * Math.sqrt(
                (1.0 - alphaPrevious) / (1.0 - alphaT) * (1 - (double) alphaT / alphaPrevious));

    // 3. "predicted x₀", eq. (9), clipped where the configuration says so
    try (NDArray unclipped = clean(modelOutput, sample, alphaT);
        NDArray predictedX0 = unclipped.clip(-clip, clip);
        NDArray epsilon = noise(modelOutput, sample, alphaT)) {
      // 4. eq. (12): √α₍t−1₎ · x₀ + "direction pointing to xₜ" + σₜ · noise
      double direction =
          eta > 0
              ? Math.sqrt(Math.max(0, 1.0 - alphaPrevious - sigma * sigma))
              : Math.sqrt(1 - alphaPrevious);
      NDArray previous = WeightedSum.of(Math.sqrt(alphaPrevious), predictedX0, direction, epsilon);
      return eta > 0 ? FreshNoise.added(previous, sigma, noise) : previous;
    }
  }
}
