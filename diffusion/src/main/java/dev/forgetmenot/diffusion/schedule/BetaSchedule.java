package dev.forgetmenot.diffusion.schedule;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The variances β₀ … β₍T₋₁₎ that a configuration names. */
final class BetaSchedule {
  private static final double LARGEST_COSINE_BETA = 0.999;

  private BetaSchedule() {}

  static float[] of(SchedulerConfig config, int trainSteps) {
    Object trained = config.values().get("trained_betas");
    if (trained != null) {
      return trained(trained, trainSteps);
    }
    double start = config.number("beta_start", 0.0001);
    double end = config.number("beta_end", 0.02);
    String name = config.text("beta_schedule", "linear");
    return switch (name) {
      case "linear" -> Float32.linspace(start, end, trainSteps);
      case "scaled_linear" -> scaledLinear(start, end, trainSteps);
      case "squaredcos_cap_v2" ->
          ofAlphaBar(trainSteps, t -> Math.pow(Math.cos((t + 0.008) / 1.008 * Math.PI / 2), 2));
      default ->
          throw new IllegalArgumentException(
              "scheduler_config.json: beta_schedule \""
                  + name
                  + "\" is not supported; known: linear, scaled_linear, squaredcos_cap_v2");
    };
  }

  /** Linear in √β: Rombach et al., arXiv 2112.10752. */
  private static float[] scaledLinear(double start, double end, int trainSteps) {
    float[] betas = Float32.linspace(Math.sqrt(start), Math.sqrt(end), trainSteps);
    for (int t = 0; t < trainSteps; t++) {
      betas[t] *= betas[t];
    }
    return betas;
  }

  /** Nichol and Dhariwal, arXiv 2102.09672, eq. (17): ᾱ is given, β follows. */
  private static float[] ofAlphaBar(int trainSteps, DoubleUnaryOperator alphaBar) {
    float[] betas = new float[trainSteps];
    for (int t = 0; t < trainSteps; t++) {
      double here = alphaBar.applyAsDouble((double) t / trainSteps);
      double next = alphaBar.applyAsDouble((t + 1.0) / trainSteps);
      betas[t] = (float) Math.min(1 - next / here, LARGEST_COSINE_BETA);
    }
    return betas;
  }

  private static float[] trained(Object values, int trainSteps) {
    if (!(values instanceof List<?> list) || list.size() != trainSteps) {
      throw new IllegalArgumentException(
          "scheduler_config.json: trained_betas should be a list of num_train_timesteps = "
              + trainSteps
              + " numbers");
    }
    float[] betas = new float[trainSteps];
    for (int t = 0; t < trainSteps; t++) {
      if (!(list.get(t) instanceof Number beta)) {
        throw new IllegalArgumentException(
            "scheduler_config.json: trained_betas[" + t + "] is not a number: " + list.get(t));
      }
      betas[t] = beta.floatValue();
    }
    return betas;
  }
}
