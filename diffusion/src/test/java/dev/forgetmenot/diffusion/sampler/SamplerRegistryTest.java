package dev.forgetmenot.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerRegistryTest {
  private static final SchedulerConfig EMPTY = new SchedulerConfig(Map.of());

  @Test
  void theModelsOwnSchedulerIsTakenUnlessOneIsNamed() {
    var samplers = new SamplerRegistry(List.of());
    var config = new SchedulerConfig(Map.of("_class_name", "EulerAncestralDiscreteScheduler"));
    assertThat(samplers.resolve(Optional.empty(), config).name()).isEqualTo("euler-a");
    assertThat(samplers.resolve(Optional.of("pndm"), config).name()).isEqualTo("pndm");
    assertThatThrownBy(() -> samplers.resolve(Optional.of("magic"), config))
        .hasMessage(
            "no sampler is named \"magic\"; known: ddim, ddpm, pndm, lms, euler, euler-a, heun, dpm2,"
                + " dpm2-a, dpmpp-2m, dpmpp-3m, dpmpp-2m-sde, dpmpp-3m-sde, dpmpp-2s, dpmpp-3s,"
                + " dpmpp-2s-sde, unipc, deis, lcm, tcd");
    var other = new SchedulerConfig(Map.of("_class_name", "FlowMatchEulerDiscreteScheduler"));
    assertThatThrownBy(() -> samplers.resolve(Optional.empty(), other))
        .hasMessageContaining("\"FlowMatchEulerDiscreteScheduler\", which no sampler stands for")
        .hasMessageContaining("euler-a");
    assertThat(SamplerRegistry.substitute(other)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SASolverScheduler, dpmpp-2m-sde",
    "IPNDMScheduler, lms",
    "DPMSolverSDEScheduler, dpmpp-2s-sde"
  })
  void theNearestStandsInForASchedulerThatDoesNotExistHere(String name, String sampler) {
    var config = new SchedulerConfig(Map.of("_class_name", name));
    var samplers = new SamplerRegistry(List.of());
    assertThat(samplers.resolve(Optional.empty(), config).name()).isEqualTo(sampler);
    assertThat(SamplerRegistry.substitute(config).orElseThrow())
        .contains(name + " does not exist here", "drawn by " + sampler + ", since ");
    SamplerProvider own = plugin("own", name);
    assertThat(new SamplerRegistry(List.of(own)).resolve(Optional.empty(), config)).isSameAs(own);
  }

  private static SamplerProvider plugin(String name, String... classes) {
    return new SamplerProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String displayName() {
        return name;
      }

      @Override
      public List<String> schedulerClasses() {
        return List.of(classes);
      }

      @Override
      public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
        return new DdimSampler(config, steps);
      }
    };
  }

  @Test
  void pluginsAddSamplersButDoNotReplaceThem() {
    SamplerProvider mine = plugin("mine", "MyScheduler");
    var samplers = new SamplerRegistry(List.of(mine));
    var config = new SchedulerConfig(Map.of("_class_name", "MyScheduler"));
    assertThat(samplers.resolve(Optional.empty(), config)).isSameAs(mine);
    SamplerProvider thief = plugin("ddim");
    assertThatThrownBy(() -> new SamplerRegistry(List.of(thief))).hasMessageContaining("\"ddim\"");
  }

  @ParameterizedTest
  @CsvSource({
    "ddim, thresholding, true",
    "pndm, skip_prk_steps, false",
    "pndm, prediction_type, sample",
    "euler, use_beta_sigmas, true",
    "euler, timestep_type, continuous",
    "euler, interpolation_type, cubic",
    "euler, final_sigmas_type, other",
    "euler-a, prediction_type, sample",
    "euler-a, prediction_type, flow",
    "ddim, timestep_spacing, random",
    "ddim, beta_schedule, sigmoid",
    "ddim, trained_betas, none",
  })
  void whatWouldChangeTheResultIsRefusedByName(String sampler, String key, String value) {
    Object parsed = value.matches("true|false") ? (Object) Boolean.valueOf(value) : value;
    var config = new SchedulerConfig(Map.of(key, parsed));
    var provider = new SamplerRegistry(List.of()).resolve(Optional.of(sampler), config);
    assertThatThrownBy(() -> provider.create(new DiscreteNoiseSchedule(config), config, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key);
  }

  @Test
  void stepsBeyondTheTrainingAreRefused() {
    assertThatThrownBy(() -> new DdimSampler(EMPTY, 1001)).hasMessageContaining("[1, 1000]");
    var offset = new SchedulerConfig(Map.of("steps_offset", 1.0));
    assertThatThrownBy(() -> new DdimSampler(offset, 1000)).hasMessageContaining("fewer steps");
    assertThat(new DdimSampler(offset, 999).timesteps()).hasSize(999);
  }

  @Test
  void stepsAreTakenInOrderAndPndmLeavesNothingBehind() {
    try (NDManager manager = NDManager.newBaseManager();
        NDArray sample = manager.ones(new Shape(1, 4, 2, 2))) {
      try (Sampler sampler = new PndmSampler(EMPTY, 6)) {
        sampler.step(sample, 0, sample, count -> new float[count]).close();
        assertThatThrownBy(() -> sampler.step(sample, 0, sample, count -> new float[count]))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("expected step 1 of 7, not 0");
        for (int i = 1; i < sampler.timesteps().length; i++) {
          sampler.step(sample, i, sample, count -> new float[count]).close();
        }
        assertThat(manager.getManagedArrays()).hasSize(5); // the sample and the last four outputs
      }
      assertThat(manager.getManagedArrays()).hasSize(1);
    }
  }
}
