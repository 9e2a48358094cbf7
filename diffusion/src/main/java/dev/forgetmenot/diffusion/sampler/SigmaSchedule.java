package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.Arrays;

/**
 * The noise levels of a run for samplers that think in σ = √((1−ᾱ)/ᾱ) (Karras et al., arXiv
 * 2206.00364). Immutable.
 *
 * @param timesteps of the model's calls in the order in which they are run, float32 values, may
 *     hold fractions
 * @param sigmas the level at each call; at least one more than timesteps: the last call ends at
 *     {@code sigmas[timesteps.length]}
 * @param initNoiseSigma what the first noise is multiplied by
 */
@SuppressWarnings("ArrayRecordComponent") // carried inside one package, never compared
record SigmaSchedule(double[] timesteps, float[] sigmas, double initNoiseSigma) {

  /**
   * The levels for samples x = x₀ + σ·ε, whose timesteps may hold fractions: diffusers' Euler, LMS,
   * Heun and KDPM2 classes. A key of which a class knows nothing must not be in the configuration.
   */
  static SigmaSchedule varianceExploding(SchedulerConfig config, String sampler, int steps) {
    TrainingSigmas training = TrainingSigmas.of(config);
    double[] timesteps =
        inFloat32(
            TimestepSpacing.timesteps(config, TimestepSpacing.LINSPACE, steps, training.count()));
    String interpolation = config.text("interpolation_type", "linear");
    double[] sigmas =
        switch (interpolation) {
          case "linear" -> training.at(timesteps);
          case "log_linear" ->
              SigmaSpacing.EXPONENTIAL.spread(
                  training.most(), training.least(), training, steps + 1);
          default -> throw UnsupportedSetting.of(sampler, "interpolation_type", interpolation);
        };
    SigmaSpacing spacing = SigmaSpacing.of(config, sampler);
    if (spacing != SigmaSpacing.TRAINED) {
      sigmas =
          spacing.spread(
              config.number("sigma_max", sigmas[0]),
              config.number("sigma_min", sigmas[sigmas.length - 1]),
              training,
              steps);
      timesteps = inFloat32(training.timesteps(sigmas));
    }
    float[] levels = levels(sigmas, finalSigma(config, sampler, training.least()));
    boolean leading =
        TimestepSpacing.of(config, TimestepSpacing.LINSPACE) == TimestepSpacing.LEADING;
    double largest = largest(levels);
    return new SigmaSchedule(
        timesteps, levels, (float) (leading ? Math.sqrt(largest * largest + 1) : largest));
  }

  /**
   * The levels for samples x = α·x₀ + σ·ε with α² + σ² = 1, whose timesteps are whole: diffusers'
   * DPM-Solver, UniPC and DEIS classes. They end a step before the image: one more step than there
   * are is spread, and its last timestep is left out.
   */
  static SigmaSchedule variancePreserving(SchedulerConfig config, String sampler, int steps) {
    TrainingSigmas training = TrainingSigmas.of(config);
    SigmaSpacing spacing = SigmaSpacing.of(config, sampler);
    double[] timesteps;
    double[] sigmas;
    double least = training.least();
    if (spacing == SigmaSpacing.TRAINED) {
      double lambda = config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY);
      timesteps =
          TimestepSpacing.beforeEnd(
              config, sampler, steps, training.countFrom(lambda), training.count());
      sigmas = training.at(timesteps);
    } else {
      sigmas =
          spacing.spread(
              config.number("sigma_max", training.most()),
              config.number("sigma_min", least),
              training,
              steps);
      timesteps = training.timesteps(sigmas);
      least = sigmas[steps - 1];
      for (int i = 0; i < steps; i++) {
        timesteps[i] =
            spacing == SigmaSpacing.EXPONENTIAL ? (int) timesteps[i] : Math.rint(timesteps[i]);
      }
    }
    return new SigmaSchedule(
        timesteps, levels(sigmas, finalSigma(config, sampler, (float) least)), 1);
  }

  private static double[] inFloat32(double[] values) {
    return Arrays.stream(values).map(value -> (float) value).toArray();
  }

  private static float finalSigma(SchedulerConfig config, String sampler, float least) {
    String last = config.text("final_sigmas_type", "zero");
    return switch (last) {
      case "zero" -> 0;
      case "sigma_min" -> least;
      default -> throw UnsupportedSetting.of(sampler, "final_sigmas_type", last);
    };
  }

  private static float[] levels(double[] sigmas, float finalSigma) {
    float[] levels = new float[sigmas.length + 1];
    for (int i = 0; i < sigmas.length; i++) {
      levels[i] = (float) sigmas[i];
    }
    levels[sigmas.length] = finalSigma;
    return levels;
  }

  private static float largest(float[] levels) {
    float largest = 0;
    for (float level : levels) {
      largest = Math.max(largest, level);
    }
    return largest;
  }

  /** How many calls of the model there are. */
  int calls() {
    return timesteps.length;
  }

  /** Whether the run ends at the image itself. */
  boolean endsAtZero() {
    return sigmas[calls()] == 0;
  }

  /**
   * The schedule with a second call of the model in each step but the last, which ends at 0.
   *
   * @param levels of the second calls
   * @param times of the second calls
   */
  SigmaSchedule withSecondCalls(float[] levels, double[] times) {
    int steps = timesteps.length;
    double[] calls = new double[2 * steps - 1];
    float[] callLevels = new float[2 * steps];
    for (int k = 0; k < steps; k++) {
      calls[2 * k] = timesteps[k];
      callLevels[2 * k] = sigmas[k];
      if (k + 1 < steps) {
        calls[2 * k + 1] = (float) times[k];
        callLevels[2 * k + 1] = levels[k];
      }
    }
    callLevels[2 * steps - 1] = sigmas[steps];
    return new SigmaSchedule(calls, callLevels, initNoiseSigma);
  }

  /** The schedule with a second call at the end of each step but the last. */
  SigmaSchedule endsTwice() {
    return withSecondCalls(
        Arrays.copyOfRange(sigmas, 1, sigmas.length),
        Arrays.copyOfRange(timesteps, 1, timesteps.length + 1));
  }
}
