package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import java.util.List;
import java.util.Locale;

/**
 * How the noise levels of a run are spread between the largest and the smallest. A user's choice
 * stands in the configuration under {@link #KEY}; else the keys of diffusers count.
 */
enum SigmaSpacing {
  /** Those of the timesteps that {@link TimestepSpacing} chooses. */
  TRAINED("") {
    @Override
    double[] spread(double most, double least, TrainingSigmas training, int steps) {
      throw new IllegalStateException("the timesteps say the levels");
    }
  },
  /** Equal distances in σ^(1/7): Karras et al., arXiv 2206.00364, eq. (5). */
  KARRAS("use_karras_sigmas") {
    @Override
    double[] spread(double most, double least, TrainingSigmas training, int steps) {
      double from = Math.pow(most, 1 / RHO);
      double to = Math.pow(least, 1 / RHO);
      double[] sigmas = new double[steps];
      for (int i = 0; i < steps; i++) {
        sigmas[i] = Math.pow(from + ramp(i, steps) * (to - from), RHO);
      }
      return sigmas;
    }
  },
  /** Equal distances in log σ. */
  EXPONENTIAL("use_exponential_sigmas") {
    @Override
    double[] spread(double most, double least, TrainingSigmas training, int steps) {
      double from = Math.log(most);
      double to = Math.log(least);
      double[] sigmas = new double[steps];
      for (int i = 0; i < steps; i++) {
        sigmas[i] = Math.exp(from + ramp(i, steps) * (to - from));
      }
      return sigmas;
    }
  },
  /** Equal distances in λ = −log σ, at whole timesteps: Lu et al., arXiv 2206.00927. */
  LU("use_lu_lambdas") {
    @Override
    double[] spread(double most, double least, TrainingSigmas training, int steps) {
      return EXPONENTIAL.spread(most, least, training, steps);
    }
  },
  /**
   * Align Your Steps: Sabour, Fidler and Kreis, arXiv 2404.14507. Ten timesteps of Stable Diffusion
   * 1.5 that the authors publish; other numbers of steps interpolate log σ over them, as they say.
   */
  ALIGN_YOUR_STEPS("") {
    @Override
    double[] spread(double most, double least, TrainingSigmas training, int steps) {
      double[] times = ALIGNED.clone();
      for (int i = 0; i < times.length; i++) {
        times[i] *= (training.count() - 1) / ALIGNED[0];
      }
      double[] aligned = training.at(times);
      double[] sigmas = new double[steps];
      for (int i = 0; i < steps; i++) {
        double place = (double) i * aligned.length / steps;
        int before = (int) place;
        double next = before + 1 < aligned.length ? aligned[before + 1] : training.least();
        double share = place - before;
        sigmas[i] = Math.exp((1 - share) * Math.log(aligned[before]) + share * Math.log(next));
      }
      return sigmas;
    }
  };

  /** Under which a user's choice stands; no key of diffusers. */
  static final String KEY = "sigma_schedule";

  private static final double RHO = 7;
  private static final double[] ALIGNED = {999, 850, 736, 645, 545, 455, 343, 233, 124, 24};

  private final String flag;

  SigmaSpacing(String flag) {
    this.flag = flag;
  }

  /**
   * The levels of a run.
   *
   * @param most σ of the first step
   * @param least σ of the last step
   * @return {@code steps} of them, falling
   */
  abstract double[] spread(double most, double least, TrainingSigmas training, int steps);

  private static double ramp(int i, int steps) {
    return steps > 1 ? (double) i / (steps - 1) : 0;
  }

  /**
   * The spacing that a configuration names.
   *
   * @throws IllegalArgumentException if it names two, or one that no sampler has
   */
  static SigmaSpacing of(SchedulerConfig config, String sampler) {
    String chosen = config.text(KEY, "");
    if (!chosen.isEmpty()) {
      return valueOf(chosen.toUpperCase(Locale.ROOT));
    }
    UnsupportedSetting.flag(config, sampler, "use_beta_sigmas");
    UnsupportedSetting.flag(config, sampler, "use_flow_sigmas");
    List<SigmaSpacing> named =
        List.of(KARRAS, EXPONENTIAL, LU).stream()
            .filter(spacing -> config.flag(spacing.flag, false))
            .toList();
    if (named.size() > 1) {
      throw new IllegalArgumentException(
          Message.of(
              "scheduler_config.json: at most one of %s and %s should be true",
              named.get(0).flag, named.get(1).flag));
    }
    return named.isEmpty() ? TRAINED : named.get(0);
  }
}
