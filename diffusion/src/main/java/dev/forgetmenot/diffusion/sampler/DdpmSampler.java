package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * Denoising diffusion probabilistic models: Ho, Jain and Abbeel, arXiv 2006.11239, over fewer
 * timesteps than the training's, where β of a step is 1 − ᾱ<sub>t</sub> / ᾱ<sub>previous</sub>.
 * diffusers' {@code DDPMScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>ᾱ<sub>t</sub>, ᾱ<sub>t−1</sub></td><td>{@code alphaT}, {@code alphaPrevious}</td></tr>
 *   <tr><td>β<sub>t</sub></td><td>{@code beta}</td></tr>
 *   <tr><td>β̃<sub>t</sub></td><td>{@code posterior}</td></tr>
 * </table>
 */
public final class DdpmSampler extends AlphaSampler {
  private static final String NAME = "ddpm";
  private static final double LEAST_VARIANCE = 1e-20;

  private final float clip;
  private final boolean large; // the noise has variance β, not β̃

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DdpmSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        AlphasCumprod.of(config, true),
        trainSteps ->
            TimestepSpacing.wholeTimesteps(config, TimestepSpacing.LEADING, steps, trainSteps),
        true);
    UnsupportedSetting.flag(config, NAME, "thresholding");
    this.clip = clip(config, true);
    String variance = config.text("variance_type", "fixed_small");
    this.large =
        switch (variance) {
          case "fixed_small", "fixed_small_log" -> false;
          case "fixed_large" -> true;
          default -> throw UnsupportedSetting.of(NAME, "variance_type", variance);
        };
  }

  @Override
  NDArray step(NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise) {
    int t = timestep(index);
    double alphaT = alpha(t);
    double alphaPrevious = alpha(timestep(index + 1));
    double alpha = alphaT / alphaPrevious;
    double beta = 1 - alpha;
    // 1. x₀, eq. (15), clipped where the configuration says so
    try (NDArray unclipped = clean(modelOutput, sample, (float) alphaT);
        NDArray predictedX0 = unclipped.clip(-clip, clip)) {
      // 2. the mean μ̃, eq. (7)
      NDArray mean =
          WeightedSum.of(
              Math.sqrt(alphaPrevious) * beta / (1 - alphaT),
              predictedX0,
              Math.sqrt(alpha) * (1 - alphaPrevious) / (1 - alphaT),
              sample);
      // 3. noise; none at the first timestep of the forward process
      double posterior = Math.max(LEAST_VARIANCE, (1 - alphaPrevious) / (1 - alphaT) * beta);
      return t > 0 ? FreshNoise.added(mean, Math.sqrt(large ? beta : posterior), noise) : mean;
    }
  }
}
