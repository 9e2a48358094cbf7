package dev.forgetmenot.diffusion.sampler;

import static dev.forgetmenot.diffusion.sampler.ScheduleOption.HEUN;
import static dev.forgetmenot.diffusion.sampler.ScheduleOption.SIGMAS;
import static dev.forgetmenot.diffusion.sampler.ScheduleOption.TIMESTEPS;
import static dev.forgetmenot.diffusion.sampler.ScheduleOption.ZERO_SNR;

import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sampler that comes with the library. Immutable.
 *
 * @param aliases other names that are read, lower case and with hyphens
 * @param settings what the name says of the configuration, over the model's
 * @param options what a name may say of the schedule
 * @param takesEta whether a name may say {@code eta}
 */
record BuiltInSampler(
    String name,
    String displayName,
    List<String> aliases,
    List<String> schedulerClasses,
    Map<String, Object> settings,
    Set<ScheduleOption> options,
    boolean takesEta,
    Constructor constructor)
    implements SamplerProvider {

  /** How a sampler is made. */
  interface Constructor {
    Sampler make(SchedulerConfig config, int steps);
  }

  private static final String MULTISTEP = "DPMSolverMultistepScheduler";
  private static final String SINGLESTEP = "DPMSolverSinglestepScheduler";

  /** All of them, in the order in which they are listed. */
  static final List<SamplerProvider> ALL =
      List.of(
          of("ddim", "DDIM", DdimSampler::new)
              .standsFor("DDIMScheduler", "DDIMParallelScheduler")
              .with(TIMESTEPS, Set.of(ZERO_SNR))
              .takingEta(),
          of("ddpm", "DDPM", DdpmSampler::new)
              .standsFor("DDPMScheduler", "DDPMParallelScheduler")
              .with(TIMESTEPS, Set.of(ZERO_SNR)),
          of("pndm", "PLMS", PndmSampler::new).standsFor("PNDMScheduler").with(TIMESTEPS),
          of("lms", "LMS", LmsSampler::new)
              .standsFor("LMSDiscreteScheduler")
              .with(TIMESTEPS, SIGMAS),
          of("euler", "Euler", EulerSampler::new)
              .standsFor("EulerDiscreteScheduler")
              .with(TIMESTEPS, SIGMAS, Set.of(ZERO_SNR)),
          of("euler-a", "Euler a", EulerAncestralSampler::new)
              .standsFor("EulerAncestralDiscreteScheduler")
              .with(TIMESTEPS, SIGMAS, Set.of(ZERO_SNR)),
          of("heun", "Heun", HeunSampler::new)
              .standsFor("HeunDiscreteScheduler")
              .with(TIMESTEPS, SIGMAS),
          of("dpm2", "DPM2", (config, steps) -> Dpm2Sampler.of(config, steps, false))
              .also("dpm-2")
              .standsFor("KDPM2DiscreteScheduler")
              .with(TIMESTEPS, SIGMAS),
          of("dpm2-a", "DPM2 a", (config, steps) -> Dpm2Sampler.of(config, steps, true))
              .also("dpm-2-a")
              .standsFor("KDPM2AncestralDiscreteScheduler")
              .with(TIMESTEPS, SIGMAS),
          multistep("dpmpp-2m", "DPM++ 2M", "dpmsolver++", 2),
          multistep("dpmpp-3m", "DPM++ 3M", "dpmsolver++", 3),
          multistep("dpmpp-2m-sde", "DPM++ 2M SDE", "sde-dpmsolver++", 2),
          multistep("dpmpp-3m-sde", "DPM++ 3M SDE", "sde-dpmsolver++", 3),
          singlestep("dpmpp-2s", "DPM++ 2S", "dpmsolver++", 2),
          singlestep("dpmpp-3s", "DPM++ 3S", "dpmsolver++", 3),
          singlestep("dpmpp-2s-sde", "DPM++ 2S SDE", "sde-dpmsolver++", 2)
              .also("dpmpp-2s-a", "dpmpp-sde"),
          of("unipc", "UniPC", UniPcSampler::new)
              .also("uni-pc", "uni-pc-bh2")
              .standsFor("UniPCMultistepScheduler")
              .with(TIMESTEPS, SIGMAS, Set.of(ZERO_SNR)),
          of("deis", "DEIS", DeisSampler::new)
              .standsFor("DEISMultistepScheduler")
              .with(TIMESTEPS, SIGMAS),
          of("lcm", "LCM", LcmSampler::new).standsFor("LCMScheduler").with(Set.of(ZERO_SNR)),
          of("tcd", "TCD", TcdSampler::new)
              .standsFor("TCDScheduler")
              .with(Set.of(ZERO_SNR))
              .takingEta());

  private static BuiltInSampler of(String name, String displayName, Constructor constructor) {
    return new BuiltInSampler(
        name, displayName, List.of(), List.of(), Map.of(), Set.of(), false, constructor);
  }

  private static BuiltInSampler multistep(
      String name, String displayName, String algorithm, int order) {
    return of(name, displayName, DpmSolverMultistepSampler::new)
        .standsFor(MULTISTEP)
        .setting(Map.of("algorithm_type", algorithm, "solver_order", (double) order))
        .with(TIMESTEPS, SIGMAS, Set.of(ZERO_SNR, HEUN));
  }

  private static BuiltInSampler singlestep(
      String name, String displayName, String algorithm, int order) {
    return of(name, displayName, DpmSolverSinglestepSampler::new)
        .standsFor(SINGLESTEP)
        .setting(Map.of("algorithm_type", algorithm, "solver_order", (double) order))
        .with(SIGMAS, Set.of(HEUN));
  }

  private BuiltInSampler also(String... names) {
    return new BuiltInSampler(
        name,
        displayName,
        List.of(names),
        schedulerClasses,
        settings,
        options,
        takesEta,
        constructor);
  }

  private BuiltInSampler standsFor(String... classes) {
    return new BuiltInSampler(
        name, displayName, aliases, List.of(classes), settings, options, takesEta, constructor);
  }

  private BuiltInSampler setting(Map<String, Object> values) {
    return new BuiltInSampler(
        name, displayName, aliases, schedulerClasses, values, options, takesEta, constructor);
  }

  @SafeVarargs
  private BuiltInSampler with(Set<ScheduleOption>... sets) {
    var all = new HashSet<ScheduleOption>();
    for (Set<ScheduleOption> set : sets) {
      all.addAll(set);
    }
    return new BuiltInSampler(
        name, displayName, aliases, schedulerClasses, settings, all, takesEta, constructor);
  }

  private BuiltInSampler takingEta() {
    return new BuiltInSampler(
        name, displayName, aliases, schedulerClasses, settings, options, true, constructor);
  }

  /** The same sampler as a model's configuration has it, whatever the name says. */
  BuiltInSampler asConfigured() {
    return setting(Map.of());
  }

  /**
   * Whether a model's configuration says what the name says.
   *
   * @param defaults what an absent key means
   */
  boolean isNamedBy(SchedulerConfig config, Map<String, Object> defaults) {
    var values = new HashMap<String, Object>(defaults);
    values.putAll(config.values());
    return settings.entrySet().stream()
        .allMatch(setting -> setting.getValue().equals(values.get(setting.getKey())));
  }

  @Override
  public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
    return constructor.make(overlaid(config, settings), steps);
  }

  /** A configuration with other values for some keys. */
  static SchedulerConfig overlaid(SchedulerConfig config, Map<String, Object> values) {
    var all = new LinkedHashMap<>(config.values());
    all.putAll(values);
    return new SchedulerConfig(all);
  }
}
