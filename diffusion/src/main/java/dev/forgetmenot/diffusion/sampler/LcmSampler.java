package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * Multistep sampling of latent consistency models: Luo, Tan, Huang, Li and Zhao, arXiv 2310.04378,
 * algorithm 3. Each step predicts the clean sample and, but for the last, adds fresh noise of the
 * next timestep. For models that were distilled for it, in 2 to 8 steps. diffusers' {@code
 * LCMScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>f<sub>θ</sub>(z, c, t)</td><td>{@code consistent}</td></tr>
 *   <tr><td>c<sub>skip</sub>(t), c<sub>out</sub>(t)</td><td>{@code skip}, {@code out}</td></tr>
 * </table>
 */
public final class LcmSampler extends AlphaSampler {
  private static final String NAME = "lcm";

  /** σ_data, the deviation of the data in the boundary condition (Song et al., 2303.01469). */
  private static final double DATA_DEVIATION = 0.5;

  private final float clip;
  private final double timestepScaling;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public LcmSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        AlphasCumprod.of(ConsistencyTimesteps.withDefaults(config), true),
        trainSteps -> ConsistencyTimesteps.of(config, steps, trainSteps),
        config.flag("set_alpha_to_one", true));
    UnsupportedSetting.flag(config, NAME, "thresholding");
    this.clip = clip(config, false);
    this.timestepScaling = config.number("timestep_scaling", 10);
  }

  @Override
  NDArray step(NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise) {
    int t = timestep(index);
    // 1. the boundary condition: f(z, c, 0) = z
    double scaled = t * timestepScaling;
    double total = scaled * scaled + DATA_DEVIATION * DATA_DEVIATION;
    double skip = DATA_DEVIATION * DATA_DEVIATION / total;
    double out = scaled / Math.sqrt(total);
    // 2. the consistency function
    try (NDArray unclipped = clean(modelOutput, sample, alpha(t));
        NDArray predictedX0 = unclipped.clip(-clip, clip)) {
      NDArray consistent = WeightedSum.of(out, predictedX0, skip, sample);
      if (isLast(index)) {
        return consistent;
      }
      // 3. noise of the next timestep
      try (NDArray clean = consistent) {
        float next = alpha(timestep(index + 1));
        return FreshNoise.added(clean.mul((float) Math.sqrt(next)), Math.sqrt(1 - next), noise);
      }
    }
  }
}
