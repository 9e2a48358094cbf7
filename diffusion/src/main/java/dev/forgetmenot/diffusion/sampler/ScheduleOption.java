package dev.forgetmenot.diffusion.sampler;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What a sampler's name may say after the sampler, such as Karras in {@code DPM++ 2M Karras}. */
enum ScheduleOption {
  KARRAS("Karras", SigmaSpacing.KEY, "karras", ""),
  EXPONENTIAL("Exponential", SigmaSpacing.KEY, "exponential", ""),
  ALIGN_YOUR_STEPS("AYS", SigmaSpacing.KEY, "align_your_steps", "align-your-steps"),
  LINSPACE("Linspace", "timestep_spacing", "linspace", "uniform normal"),
  LEADING("Leading", "timestep_spacing", "leading", "ddim-uniform"),
  TRAILING("Trailing", "timestep_spacing", "trailing", "simple sgm-uniform"),
  ZERO_SNR("Zero SNR", "rescale_betas_zero_snr", "true", ""),
  HEUN("Heun", "solver_type", "heun", "");

  /** Spacings of timesteps. */
  static final Set<ScheduleOption> TIMESTEPS = Set.of(LINSPACE, LEADING, TRAILING);

  /** Spacings of noise levels. */
  static final Set<ScheduleOption> SIGMAS = Set.of(KARRAS, EXPONENTIAL, ALIGN_YOUR_STEPS);

  private final String displayName;
  private final String key;
  private final String value;
  private final String aliases;

  ScheduleOption(String displayName, String key, String value, String aliases) {
    this.displayName = displayName;
    this.key = key;
    this.value = value;
    this.aliases = aliases;
  }

  /** The name on the command line: {@code karras}, {@code zero-snr}. */
  String plainName() {
    return displayName.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** The name for people: {@code Karras}, {@code Zero SNR}. */
  String displayName() {
    return displayName;
  }

  /** All names that are read, lower case and with hyphens. */
  Stream<String> names() {
    return Stream.of((plainName() + " " + aliases).split(" "));
  }

  /** What it sets in the scheduler's configuration. */
  Map<String, Object> setting() {
    return Map.of(key, value.equals("true") ? (Object) true : value);
  }

  /** Whether both say the same kind of thing, so that a name may have only one of them. */
  boolean excludes(ScheduleOption other) {
    return key.equals(other.key);
  }
}
