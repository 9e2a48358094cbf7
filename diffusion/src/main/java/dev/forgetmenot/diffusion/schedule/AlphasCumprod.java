package dev.forgetmenot.diffusion.schedule;

import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * ᾱ₀ … ᾱ₍T₋₁₎: how much of the clean sample's variance is left at each timestep, falling from
 * nearly 1 to nearly 0. Immutable.
 */
public final class AlphasCumprod {
  private static final int MOST_TRAIN_STEPS = 1_000_000;

  private final float[] values;

  private AlphasCumprod(float[] values) {
    this.values = values;
  }

  /**
   * The schedule that a configuration names.
   *
   * @param mayRescale whether the scheduler's class in diffusers knows {@code
   *     rescale_betas_zero_snr}; one that does not ignores the key
   * @throws IllegalArgumentException if a key is wrong; the message names it
   */
  public static AlphasCumprod of(SchedulerConfig config, boolean mayRescale) {
    double trainSteps = config.number("num_train_timesteps", 1000);
    if (trainSteps < 1 || trainSteps > MOST_TRAIN_STEPS || trainSteps != Math.rint(trainSteps)) {
      throw new IllegalArgumentException(
          "scheduler_config.json: num_train_timesteps should be a whole number in [1, "
              + MOST_TRAIN_STEPS
              + "]: "
              + trainSteps);
    }
    float[] alphas = BetaSchedule.of(config, (int) trainSteps);
    for (int t = 0; t < alphas.length; t++) {
      alphas[t] = 1 - alphas[t];
    }
    boolean rescale = mayRescale && config.flag("rescale_betas_zero_snr", false);
    return new AlphasCumprod(Float32.cumprod(rescale ? zeroTerminalSnr(alphas) : alphas));
  }

  /**
   * Lin et al., arXiv 2305.08891, algorithm 1: shifts and scales √ᾱ so that nothing of the sample
   * is left at the last timestep. Gives the α; they go through 1 − (1 − α) as in diffusers, which
   * keeps its betas.
   */
  private static float[] zeroTerminalSnr(float[] alphas) {
    float[] root = Float32.cumprod(alphas);
    for (int t = 0; t < root.length; t++) {
      root[t] = Float32.sqrt(root[t]);
    }
    float first = root[0];
    float last = root[root.length - 1];
    float scale = first / (first - last);
    float[] rescaled = new float[root.length];
    float previous = 1;
    for (int t = 0; t < root.length; t++) {
      float shifted = (root[t] - last) * scale;
      float alphaBar = shifted * shifted;
      float beta = 1 - alphaBar / previous;
      rescaled[t] = 1 - beta;
      previous = alphaBar;
    }
    return rescaled;
  }

  /** T. */
  public int trainSteps() {
    return values.length;
  }

  /**
   * ᾱₜ.
   *
   * @param t in [0, T)
   */
  public float at(int t) {
    return values[t];
  }
}
