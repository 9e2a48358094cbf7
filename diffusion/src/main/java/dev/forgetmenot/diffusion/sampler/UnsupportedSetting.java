package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;

/** Configuration keys that would change the result in a way that a sampler does not follow. */
final class UnsupportedSetting {
  private UnsupportedSetting() {}

  static void flag(SchedulerConfig config, String sampler, String key) {
    if (config.flag(key, false)) {
      throw of(sampler, key, "true");
    }
  }

  /** A number in [0, 1], or the default. */
  static double share(SchedulerConfig config, String sampler, String key, double otherwise) {
    double share = config.number(key, otherwise);
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          Message.of("the sampler %s takes %s in [0, 1], not %s", sampler, key, share));
    }
    return share;
  }

  static IllegalArgumentException of(String sampler, String key, String value) {
    return new IllegalArgumentException(
        Message.of(
            "scheduler_config.json: the sampler %s does not support %s %s; choose another sampler",
            sampler, key, value));
  }
}
