package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * The noise levels of a run for samplers that think in σ = √((1−ᾱ)/ᾱ) (Karras et al., arXiv
 * 2206.00364). Immutable.
 *
 * @param timesteps in the order in which they are run, float32 values, may hold fractions
 * @param sigmas falling; at least one more than timesteps: the last step ends at {@code
 *     sigmas[timesteps.length]}
 * @param initNoiseSigma what the first noise is multiplied by
 */
@SuppressWarnings("ArrayRecordComponent") // carried inside one package, never compared
record SigmaSchedule(double[] timesteps, float[] sigmas, double initNoiseSigma) {
  /** In place of ᾱ = 0, so that the largest σ stays finite, as diffusers has it. */
  private static final float SMALLEST_ALPHA_BAR = 0x1p-24f;

  private static final double RHO = 7;

  /** The levels of diffusers' EulerAncestralDiscreteScheduler. */
  static SigmaSchedule interpolated(SchedulerConfig config, int steps) {
    float[] training = trainingSigmas(config);
    double[] timesteps = timesteps(config, steps, training.length);
    return finish(config, timesteps, interpolate(timesteps, training), 0);
  }

  /** The levels of diffusers' EulerDiscreteScheduler, which knows more keys. */
  static SigmaSchedule of(SchedulerConfig config, int steps) {
    float[] training = trainingSigmas(config);
    double[] timesteps = timesteps(config, steps, training.length);
    String interpolation = config.text("interpolation_type", "linear");
    double[] sigmas =
        switch (interpolation) {
          case "linear" -> interpolate(timesteps, training);
          case "log_linear" -> logLinear(training, steps);
          default -> throw UnsupportedSetting.of("euler", "interpolation_type", interpolation);
        };
    if (config.flag("use_karras_sigmas", false)) {
      sigmas =
          karras(
              config.number("sigma_min", sigmas[sigmas.length - 1]),
              config.number("sigma_max", sigmas[0]),
              steps);
      timesteps = timestepsOf(sigmas, training);
    }
    String last = config.text("final_sigmas_type", "zero");
    float finalSigma =
        switch (last) {
          case "zero" -> 0;
          case "sigma_min" -> training[0];
          default -> throw UnsupportedSetting.of("euler", "final_sigmas_type", last);
        };
    return finish(config, timesteps, sigmas, finalSigma);
  }

  private static double[] timesteps(SchedulerConfig config, int steps, int trainSteps) {
    double[] timesteps =
        TimestepSpacing.timesteps(config, TimestepSpacing.LINSPACE, steps, trainSteps);
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (float) timesteps[i];
    }
    return timesteps;
  }

  private static float[] trainingSigmas(SchedulerConfig config) {
    AlphasCumprod alphaBars = AlphasCumprod.of(config, true);
    float[] sigmas = new float[alphaBars.trainSteps()];
    for (int t = 0; t < sigmas.length; t++) {
      boolean rescaledEnd = t == sigmas.length - 1 && config.flag("rescale_betas_zero_snr", false);
      float alphaBar = rescaledEnd ? SMALLEST_ALPHA_BAR : alphaBars.at(t);
      sigmas[t] = (float) Math.sqrt((1 - alphaBar) / alphaBar);
    }
    return sigmas;
  }

  /** σ at timesteps between whole ones; outside it is that of the nearest end. */
  private static double[] interpolate(double[] timesteps, float[] training) {
    double[] sigmas = new double[timesteps.length];
    for (int i = 0; i < sigmas.length; i++) {
      double t = Math.max(0, Math.min(timesteps[i], training.length - 1));
      int below = (int) t;
      int above = Math.min(below + 1, training.length - 1);
      sigmas[i] = training[below] + (t - below) * ((double) training[above] - training[below]);
    }
    return sigmas;
  }

  private static double[] logLinear(float[] training, int steps) {
    double most = Math.log(training[training.length - 1]);
    double least = Math.log(training[0]);
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i <= steps; i++) {
      sigmas[i] = Math.exp(most + (least - most) * i / steps);
    }
    return sigmas;
  }

  /** Karras et al., eq. (5). */
  private static double[] karras(double least, double most, int steps) {
    double from = Math.pow(most, 1 / RHO);
    double to = Math.pow(least, 1 / RHO);
    double[] sigmas = new double[steps];
    for (int i = 0; i < steps; i++) {
      double ramp = steps > 1 ? (double) i / (steps - 1) : 0;
      sigmas[i] = Math.pow(from + ramp * (to - from), RHO);
    }
    return sigmas;
  }

  /**
   * The timesteps, with fractions, at which the training had these noise levels: linear in log σ.
   */
  private static double[] timestepsOf(double[] sigmas, float[] training) {
    double[] timesteps = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      double log = Math.log(Math.max(sigmas[i], 1e-10));
      int low = 0;
      while (low < training.length - 2 && log >= (float) Math.log(training[low + 1])) {
        low++;
      }
      float lower = (float) Math.log(training[low]);
      float upper = (float) Math.log(training[low + 1]);
      double weight = Math.max(0, Math.min(1, (lower - log) / (lower - upper)));
      timesteps[i] = (float) ((1 - weight) * low + weight * (low + 1));
    }
    return timesteps;
  }

  private static SigmaSchedule finish(
      SchedulerConfig config, double[] timesteps, double[] sigmas, float finalSigma) {
    float[] levels = new float[sigmas.length + 1];
    float largest = finalSigma;
    for (int i = 0; i < sigmas.length; i++) {
      levels[i] = (float) sigmas[i];
      largest = Math.max(largest, levels[i]);
    }
    levels[sigmas.length] = finalSigma;
    boolean leading =
        TimestepSpacing.of(config, TimestepSpacing.LINSPACE) == TimestepSpacing.LEADING;
    double init = leading ? Math.sqrt((double) largest * largest + 1) : largest;
    return new SigmaSchedule(timesteps, levels, (float) init);
  }

  /** x as the model wants it: x / √(σ²+1). */
  ai.djl.ndarray.NDArray scaled(ai.djl.ndarray.NDArray sample, int index) {
    double sigma = sigmas[index];
    return sample.div((float) Math.sqrt(sigma * sigma + 1));
  }
}
