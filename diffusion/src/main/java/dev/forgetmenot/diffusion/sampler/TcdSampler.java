package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * Strategic stochastic sampling of trajectory consistency models: Zheng, Hu, Shao, Sui, Wu, Li and
 * Dai, arXiv 2402.19159, algorithm 4. Each step goes down to the timestep s = (1 −
 * γ)·t<sub>next</sub> and up again to t<sub>next</sub> by fresh noise. γ is {@code eta}, 0.3 unless
 * it is set. For models that were distilled for it. diffusers' {@code TCDScheduler}.
 */
public final class TcdSampler extends AlphaSampler {
  private static final String NAME = "tcd";

  private final double gamma;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public TcdSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        AlphasCumprod.of(ConsistencyTimesteps.withDefaults(config), true),
        trainSteps -> ConsistencyTimesteps.of(config, steps, trainSteps),
        config.flag("set_alpha_to_one", true));
    this.gamma = UnsupportedSetting.share(config, NAME, "eta", 0.3);
  }

  @Override
  NDArray step(NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise) {
    // 1. t, the next t and the s between it and the image; in float32, as the floor asks for
    float alphaT = alpha(timestep(index));
    int next = Math.max(0, timestep(index + 1));
    float alphaNext = alpha(next);
    float alphaS = alpha((int) Math.floor((float) (1 - gamma) * next));
    // 2. the sample at s: √ᾱₛ·x₀ + √(1−ᾱₛ)·ε
    try (NDArray clean = clean(modelOutput, sample, alphaT);
        NDArray epsilon = noise(modelOutput, sample, alphaT)) {
      NDArray lower = WeightedSum.of(Math.sqrt(alphaS), clean, Math.sqrt(1 - alphaS), epsilon);
      if (gamma == 0 || isLast(index)) {
        return lower;
      }
      // 3. up to the next t by noise
      try (NDArray down = lower) {
        double kept = (double) alphaNext / alphaS;
        return FreshNoise.added(
            down.mul((float) Math.sqrt(kept)), Math.sqrt(Math.max(0, 1 - kept)), noise);
      }
    }
  }
}
