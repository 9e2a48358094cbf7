package org.example.fmn;

import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import org.pf4j.Extension;

/** Offers {@link HeunSampler} by name. */
@Extension
public final class HeunProvider implements SamplerProvider {
  @Override
  public String name() {
    return "heun";
  }

  @Override
  public String displayName() {
    return "Heun";
  }

  @Override
  public Sampler create(SchedulerConfig config, int steps) {
    String type = config.text("prediction_type", "epsilon");
    if (!type.equals("epsilon")) {
      throw new IllegalArgumentException("prediction_type " + type + ": heun knows epsilon only");
    }
    return new HeunSampler(sigmas(config), steps);
  }

  /** √((1 − ᾱ) / ᾱ) of every training timestep. */
  private static double[] sigmas(SchedulerConfig config) {
    int count = (int) config.number("num_train_timesteps", 1000);
    double start = config.number("beta_start", 0.00085);
    double end = config.number("beta_end", 0.012);
    String schedule = config.text("beta_schedule", "linear");
    double power =
        switch (schedule) {
          case "linear" -> 1;
          case "scaled_linear" -> 2;
          default -> throw new IllegalArgumentException("beta_schedule " + schedule + " in heun");
        };
    double[] sigmas = new double[count];
    double alphaBar = 1;
    for (int t = 0; t < count; t++) {
      double a = Math.pow(start, 1 / power);
      double b = Math.pow(end, 1 / power);
      alphaBar *= 1 - Math.pow(a + (b - a) * t / (count - 1), power);
      sigmas[t] = Math.sqrt((1 - alphaBar) / alphaBar);
    }
    return sigmas;
  }
}
