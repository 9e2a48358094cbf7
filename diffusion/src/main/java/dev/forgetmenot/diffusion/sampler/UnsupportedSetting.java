package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;

/** Configuration keys that would change the result in a way that a sampler does not follow. */
final class UnsupportedSetting {
  private UnsupportedSetting() {}

  static void flag(SchedulerConfig config, String sampler, String key) {
    if (config.flag(key, false)) {
      throw of(sampler, key, "true");
    }
  }

  static IllegalArgumentException of(String sampler, String key, String value) {
    return new IllegalArgumentException(
        "scheduler_config.json: the sampler "
            + sampler
            + " does not support "
            + key
            + " "
            + value
            + "; choose another sampler");
  }
}
