package dev.forgetmenot.diffusion.sampler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations that the reference folders do not have, against diffusers: spacings, betas … */
class SamplerVariantsTest {
  record Reference(String made_with, List<Run> runs) {}

  record Run(
      String sampler,
      int steps,
      Map<String, Object> config,
      List<Double> timesteps,
      double init_noise_sigma,
      List<Float> end,
      int begin) {
    @Override
    public String toString() {
      return Map.of("sampler", String.valueOf(sampler), "steps", steps, "begin", begin)
          + " "
          + config;
    }
  }

  static List<Run> runs() throws IOException {
    try (var in = SamplerVariantsTest.class.getResourceAsStream("variants.json");
        var reader = new InputStreamReader(in, UTF_8)) {
      return new Gson().fromJson(reader, Reference.class).runs();
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void endsWhereDiffusersEnds(Run run) {
    SchedulerConfig config = new SchedulerConfig(run.config());
    var provider =
        new SamplerRegistry(List.of()).resolve(Optional.ofNullable(run.sampler()), config);
    NoiseSource noise = new TorchGenerator(7);
    Shape shape = new Shape(1, 4, 2, 2);
    try (NDManager manager = NDManager.newBaseManager();
        Sampler sampler = provider.create(new DiscreteNoiseSchedule(config), config, run.steps())) {
      double[] timesteps = sampler.timesteps();
      assertThat(timesteps).hasSameSizeAs(run.timesteps());
      for (int i = 0; i < timesteps.length; i++) {
        assertThat(timesteps[i]).isCloseTo(run.timesteps().get(i), within(2e-4));
      }
      assertThat(sampler.initNoiseSigma())
          .isCloseTo(run.init_noise_sigma(), within(1e-6 * run.init_noise_sigma()));
      NDArray fresh = manager.create(noise.normal(16), shape);
      NDArray sample =
          run.begin() == 0
              ? fresh.mul((float) sampler.initNoiseSigma())
              : sampler.addNoise(manager.full(shape, 0.25f), fresh, run.begin());
      assertThat(run.begin() % sampler.order()).isZero();
      for (int i = run.begin(); i < timesteps.length; i++) {
        NDArray output = sampler.scaleModelInput(sample, i).mul(0.7f).add(0.1f * (i % 5)).tanh();
        sample = sampler.step(output, i, sample, noise);
      }
      float[] expected = new float[16];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = run.end().get(i);
      }
      // A start of 4096 (zero terminal SNR) falls to about 1: float32 keeps 1e-4 of that.
      double tolerance = run.init_noise_sigma() > 1000 ? 1e-4 : 1e-5;
      assertThat(Errors.ofLargest(sample.toFloatArray(), expected)).isLessThan(tolerance);
    }
  }
}
