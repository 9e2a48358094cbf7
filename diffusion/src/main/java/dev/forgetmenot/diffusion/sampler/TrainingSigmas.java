package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * σ<sub>t</sub> = √((1−ᾱ<sub>t</sub>)/ᾱ<sub>t</sub>) of all training timesteps (Karras et al.,
 * arXiv 2206.00364), rising with t. Immutable.
 */
final class TrainingSigmas {
  /** In place of ᾱ = 0, so that the largest σ stays finite, as diffusers has it. */
  private static final float SMALLEST_ALPHA_BAR = 0x1p-24f;

  private final float[] values;

  private TrainingSigmas(float[] values) {
    this.values = values;
  }

  /** The levels that a configuration names. */
  static TrainingSigmas of(SchedulerConfig config) {
    AlphasCumprod alphaBars = AlphasCumprod.of(config, true);
    float[] sigmas = new float[alphaBars.trainSteps()];
    for (int t = 0; t < sigmas.length; t++) {
      boolean rescaledEnd = t == sigmas.length - 1 && config.flag("rescale_betas_zero_snr", false);
      float alphaBar = rescaledEnd ? SMALLEST_ALPHA_BAR : alphaBars.at(t);
      sigmas[t] = (float) Math.sqrt((1 - alphaBar) / alphaBar);
    }
    return new TrainingSigmas(sigmas);
  }

  /** T. */
  int count() {
    return values.length;
  }

  /** σ₀. */
  float least() {
    return values[0];
  }

  /** σ at T − 1. */
  float most() {
    return values[values.length - 1];
  }

  /** How many timesteps have log(α/σ) = −log σ of at least {@code lambda}: they come first. */
  int countFrom(double lambda) {
    int count = values.length;
    while (count > 1 && -Math.log(values[count - 1]) < lambda) {
      count--;
    }
    return count;
  }

  /** σ at timesteps between whole ones; outside it is that of the nearest end. */
  double[] at(double[] timesteps) {
    double[] sigmas = new double[timesteps.length];
    for (int i = 0; i < sigmas.length; i++) {
      double t = Math.max(0, Math.min(timesteps[i], values.length - 1));
      int below = (int) t;
      int above = Math.min(below + 1, values.length - 1);
      sigmas[i] = values[below] + (t - below) * ((double) values[above] - values[below]);
    }
    return sigmas;
  }

  /**
   * The timesteps, with fractions, at which the training had these noise levels: linear in log σ.
   */
  double[] timesteps(double[] sigmas) {
    double[] timesteps = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      double log = Math.log(Math.max(sigmas[i], 1e-10));
      int low = 0;
      while (low < values.length - 2 && log >= (float) Math.log(values[low + 1])) {
        low++;
      }
      float lower = (float) Math.log(values[low]);
      float upper = (float) Math.log(values[low + 1]);
      double weight = Math.max(0, Math.min(1, (lower - log) / (lower - upper)));
      timesteps[i] = (1 - weight) * low + weight * (low + 1);
    }
    return timesteps;
  }
}
