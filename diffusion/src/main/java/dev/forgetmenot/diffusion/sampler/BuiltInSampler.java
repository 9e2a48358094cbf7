package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.LinkedHashMap;
import java.util.List;

/** A sampler that comes with the library. */
record BuiltInSampler(
    String name, String displayName, List<String> schedulerClasses, Constructor constructor)
    implements SamplerProvider {

  /** How a sampler is made. */
  interface Constructor {
    Sampler make(SchedulerConfig config, int steps);
  }

  /** All of them, in the order in which they are listed. */
  static final List<SamplerProvider> ALL =
      List.of(
          new BuiltInSampler("ddim", "DDIM", List.of("DDIMScheduler"), DdimSampler::new),
          new BuiltInSampler("pndm", "PLMS", List.of("PNDMScheduler"), PndmSampler::new),
          new BuiltInSampler(
              "euler", "Euler", List.of("EulerDiscreteScheduler"), EulerSampler::new),
          new BuiltInSampler(
              "euler-karras",
              "Euler Karras",
              List.of(),
              (config, steps) -> new EulerSampler(withKarrasSigmas(config), steps)),
          new BuiltInSampler(
              "euler-a",
              "Euler a",
              List.of("EulerAncestralDiscreteScheduler"),
              EulerAncestralSampler::new));

  @Override
  public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
    return constructor.make(config, steps);
  }

  private static SchedulerConfig withKarrasSigmas(SchedulerConfig config) {
    var values = new LinkedHashMap<>(config.values());
    values.put("use_karras_sigmas", true);
    return new SchedulerConfig(values);
  }
}
