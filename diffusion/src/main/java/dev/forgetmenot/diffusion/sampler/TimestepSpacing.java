package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;

/**
 * How the timesteps of a run are spread over those of the training: Lin et al., 2305.08891, table
 * 2.
 */
enum TimestepSpacing {
  /** From T − 1 to 0, both included. */
  LINSPACE {
    @Override
    double timestep(int i, int steps, int trainSteps, int offset) {
      double width = steps > 1 ? (trainSteps - 1.0) / (steps - 1) : 0;
      return i == steps - 1 && steps > 1 ? trainSteps - 1 : i * width;
    }
  },
  /** Whole distances from 0 on, then moved by the offset. */
  LEADING {
    @Override
    double timestep(int i, int steps, int trainSteps, int offset) {
      int distance = trainSteps / steps;
      return i * distance + offset;
    }
  },
  /** From T − 1 down in equal distances, rounded. */
  TRAILING {
    @Override
    double timestep(int i, int steps, int trainSteps, int offset) {
      double ratio = (double) trainSteps / steps;
      double distance =
          (trainSteps - ratio) - trainSteps; // as numpy's arange has it, rounded twice
      return Math.rint(trainSteps + (steps - 1 - i) * distance) - 1;
    }
  };

  /** The timestep of the i-th step counted from the image, i in [0, steps). */
  abstract double timestep(int i, int steps, int trainSteps, int offset);

  /** The timesteps in the order in which they are run. */
  static double[] timesteps(
      SchedulerConfig config, TimestepSpacing otherwise, int steps, int trainSteps) {
    requireSteps(steps, trainSteps);
    TimestepSpacing spacing = of(config, otherwise);
    int offset = (int) config.number("steps_offset", 0);
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[steps - 1 - i] = spacing.timestep(i, steps, trainSteps, offset);
    }
    return timesteps;
  }

  /** The same for samplers that know whole timesteps only. */
  static double[] wholeTimesteps(
      SchedulerConfig config, TimestepSpacing otherwise, int steps, int trainSteps) {
    double[] timesteps = timesteps(config, otherwise, steps, trainSteps);
    for (int i = 0; i < steps; i++) {
      timesteps[i] = Math.rint(timesteps[i]);
    }
    return requireTrained(config, timesteps, trainSteps);
  }

  /**
   * The whole timesteps of one more step than there are, without the last, which is the image's;
   * trailing ones end there by themselves.
   *
   * @param end the first timestep that is not used, T where all are
   */
  static double[] beforeEnd(
      SchedulerConfig config, String sampler, int steps, int end, int trainSteps) {
    requireSteps(steps, trainSteps);
    TimestepSpacing spacing = of(config, LINSPACE);
    if (spacing == TRAILING && end < trainSteps) {
      throw UnsupportedSetting.of(sampler, "lambda_min_clipped with timestep_spacing", "trailing");
    }
    int offset = (int) config.number("steps_offset", 0);
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[steps - 1 - i] =
          spacing == TRAILING
              ? spacing.timestep(i, steps, trainSteps, offset)
              : Math.rint(spacing.timestep(i + 1, steps + 1, end, offset));
    }
    return requireTrained(config, timesteps, trainSteps);
  }

  private static void requireSteps(int steps, int trainSteps) {
    if (steps < 1 || steps > trainSteps) {
      throw new IllegalArgumentException(
          "steps must be in [1, "
              + trainSteps
              + "], the number of timesteps that the model was trained with, not "
              + steps);
    }
  }

  private static double[] requireTrained(
      SchedulerConfig config, double[] timesteps, int trainSteps) {
    if (timesteps[0] >= trainSteps) {
      throw new IllegalArgumentException(
          Message.of(
              "scheduler_config.json: with steps_offset %s and %s steps the first timestep would be"
                  + " %s, beyond the last of the training, %s: take fewer steps",
              (int) config.number("steps_offset", 0),
              timesteps.length,
              (int) timesteps[0],
              trainSteps - 1));
    }
    return timesteps;
  }

  static TimestepSpacing of(SchedulerConfig config, TimestepSpacing otherwise) {
    String name =
        config.text("timestep_spacing", otherwise.name().toLowerCase(java.util.Locale.ROOT));
    return switch (name) {
      case "linspace" -> LINSPACE;
      case "leading" -> LEADING;
      case "trailing" -> TRAILING;
      default ->
          throw new IllegalArgumentException(
              "scheduler_config.json: timestep_spacing \""
                  + name
                  + "\" is not supported; known: linspace, leading, trailing");
    };
  }
}
