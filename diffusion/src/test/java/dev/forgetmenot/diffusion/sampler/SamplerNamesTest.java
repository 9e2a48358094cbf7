package dev.forgetmenot.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of samplers and schedules: what is written is read, and what others write too. */
class SamplerNamesTest {
  private static final SchedulerConfig MODEL =
      new SchedulerConfig(
          Map.of(
              "_class_name",
              "DPMSolverMultistepScheduler",
              "use_karras_sigmas",
              true,
              "prediction_type",
              "v_prediction"));

  private final SamplerRegistry samplers = new SamplerRegistry(List.of());

  private SamplerProvider named(String name) {
    return samplers.resolve(Optional.of(name), new SchedulerConfig(Map.of()));
  }

  @Test
  void everyNameThatIsWrittenIsReadAndRuns() {
    for (SamplerProvider provider : samplers.all()) {
      BuiltInSampler base = (BuiltInSampler) provider;
      List<String> names = new ArrayList<>(List.of(base.displayName()));
      base.options().forEach(option -> names.add(base.displayName() + " " + option.displayName()));
      if (base.takesEta()) {
        names.add(base.displayName() + " Eta 0.5");
        names.add(base.displayName() + " Zero SNR Eta 1");
      }
      for (String name : names) {
        SamplerProvider found = named(name);
        assertThat(found.displayName()).isEqualTo(name);
        assertThat(named(found.name()).name()).isEqualTo(found.name()).startsWith(base.name());
        var schedule = new DiscreteNoiseSchedule(MODEL);
        try (Sampler sampler = found.create(schedule, MODEL, 5)) {
          assertThat(sampler.timesteps()).as(name).hasSizeGreaterThanOrEqualTo(5);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DPM++ 2M Karras, dpmpp-2m-karras",
    "DPM++ 2M SDE Heun Karras, dpmpp-2m-sde-heun-karras",
    "DPM++ 3M SDE Exponential, dpmpp-3m-sde-exponential",
    "DPM++ 2S a, dpmpp-2s-sde",
    "DPM++ SDE Karras, dpmpp-2s-sde-karras",
    "DPM2 a Karras, dpm2-a-karras",
    "PLMS, pndm",
    "Euler a Automatic, euler-a",
    "DPM++ 2M Align Your Steps, dpmpp-2m-ays",
    "DDIM SGM Uniform, ddim-trailing",
    "dpmpp_2m, dpmpp-2m",
    "dpmpp_2m_sde_gpu, dpmpp-2m-sde",
    "dpmpp_2s_ancestral, dpmpp-2s-sde",
    "euler_ancestral, euler-a",
    "dpm_2, dpm2",
    "dpm_2_ancestral, dpm2-a",
    "uni_pc, unipc",
    "k_lms, lms",
    "euler-karras, euler-karras",
    "KDPM2AncestralDiscreteScheduler, dpm2-a",
    "UniPCMultistepScheduler, unipc"
  })
  void namesOfOtherProgramsAreRead(String name, String sampler) {
    assertThat(named(name).name()).isEqualTo(sampler);
  }

  @ParameterizedTest
  @CsvSource({
    "DPMSolverMultistepScheduler, algorithm_type, sde-dpmsolver++, dpmpp-2m-sde",
    "DPMSolverMultistepScheduler, solver_type, midpoint, dpmpp-2m",
    "DPMSolverMultistepScheduler, algorithm_type, dpmsolver, dpmpp-2m",
    "DPMSolverSinglestepScheduler, algorithm_type, sde-dpmsolver++, dpmpp-2s-sde",
    "DDIMParallelScheduler, prediction_type, sample, ddim",
    "LCMScheduler, prediction_type, sample, lcm"
  })
  void theModelsOwnSamplerIsNamedByItsSettings(
      String schedulerClass, String key, String value, String name) {
    var config = new SchedulerConfig(Map.of("_class_name", schedulerClass, key, value));
    assertThat(samplers.resolve(Optional.empty(), config).name()).isEqualTo(name);
    assertThat(SamplerRegistry.substitute(config)).isEmpty();
  }

  @Test
  void aScheduleAloneIsThatOfTheModelsOwnSampler() {
    assertThat(samplers.resolve(Optional.empty(), MODEL).name()).isEqualTo("dpmpp-2m-karras");
    SamplerProvider trailing = samplers.resolve(Optional.of("simple"), MODEL);
    assertThat(trailing.name()).isEqualTo("dpmpp-2m-trailing");
    var schedule = new DiscreteNoiseSchedule(MODEL);
    try (Sampler sampler = trailing.create(schedule, MODEL, 4)) { // not the model's Karras
      assertThat(sampler.timesteps()).containsExactly(999, 749, 499, 249);
    }
  }

  @Test
  void whatASamplerDoesNotHaveIsRefusedWithWhatItHas() {
    assertThatThrownBy(() -> named("DDIM Karras"))
        .hasMessage(
            "the sampler ddim has no schedule \"karras\"; it has: eta-NUMBER, leading, linspace,"
                + " trailing, zero-snr");
    assertThatThrownBy(() -> named("euler-karras-exponential"))
        .hasMessageContaining("one schedule of a kind");
    assertThatThrownBy(() -> named("euler-eta-1")).hasMessageContaining("no schedule \"eta\"");
    SchedulerConfig empty = new SchedulerConfig(Map.of());
    assertThatThrownBy(() -> named("ddim-eta-7").create(new DiscreteNoiseSchedule(empty), empty, 4))
        .hasMessage("the sampler ddim takes eta in [0, 1], not 7.0");
  }
}
