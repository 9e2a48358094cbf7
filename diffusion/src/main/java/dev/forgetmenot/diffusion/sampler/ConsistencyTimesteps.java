package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The timesteps of consistency models: some of those that the distillation used, which are {@code
 * original_inference_steps} of the training's, evenly from the last (Luo, Tan, Huang, Li and Zhao,
 * arXiv 2310.04378, section 4.3).
 */
final class ConsistencyTimesteps {
  private static final int ORIGINAL_STEPS = 50;

  private ConsistencyTimesteps() {}

  /** The configuration with what diffusers' classes of consistency models take for absent keys. */
  static SchedulerConfig withDefaults(SchedulerConfig config) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("beta_start", 0.00085);
    values.put("beta_end", 0.012);
    values.put("beta_schedule", "scaled_linear");
    values.putAll(config.values());
    return new SchedulerConfig(values);
  }

  /**
   * The timesteps in the order in which they are run.
   *
   * @throws IllegalArgumentException if there are fewer original steps than steps
   */
  static double[] of(SchedulerConfig config, int steps, int trainSteps) {
    int original = (int) config.number("original_inference_steps", ORIGINAL_STEPS);
    if (original < 1 || original > trainSteps || steps > original) {
      throw new IllegalArgumentException(
          Message.of(
              "scheduler_config.json: steps should be in [1, original_inference_steps] and"
                  + " original_inference_steps in [1, %s], not %s and %s: take fewer steps",
              trainSteps, steps, original));
    }
    int distance = trainSteps / original;
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      int skipped = (int) Math.floor(i * ((double) original / steps));
      timesteps[i] = (original - skipped) * distance - 1;
    }
    return timesteps;
  }
}
