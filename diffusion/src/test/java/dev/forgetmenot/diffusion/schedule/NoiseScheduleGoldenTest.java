package dev.forgetmenot.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward process against diffusers. */
class NoiseScheduleGoldenTest {
  static java.util.List<Path> folders() {
    return GoldenFolders.folders();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void addsNoiseAndGivesVelocities(Path folder) throws IOException {
    var schedule =
        new DiscreteNoiseSchedule(SchedulerConfigReader.read(folder.resolve("model/scheduler")));
    try (var golden = new GoldenTensors(folder.resolve("golden/schedulers.safetensors"))) {
      NDArray x0 = golden.get("add_noise.x0");
      NDArray noise = golden.get("add_noise.noise");
      int[] t =
          Arrays.stream(golden.get("add_noise.t").toLongArray())
              .mapToInt(Math::toIntExact)
              .toArray();
      check(folder, "add_noise", schedule.addNoise(x0, noise, t), golden.floats("add_noise.out"));
      check(
          folder, "velocity", schedule.velocity(x0, noise, t), golden.floats("add_noise.velocity"));
    }
  }

  /** x₀ = 1 and ε = 0 leave √ᾱₜ of the sample: the reference's numbers say what ᾱ is. */
  @ParameterizedTest
  @MethodSource("folders")
  void alphasCumprodAndSigmasAreThoseOfTheForwardProcess(Path folder) throws IOException {
    var schedule =
        new DiscreteNoiseSchedule(SchedulerConfigReader.read(folder.resolve("model/scheduler")));
    double[] alphas = schedule.alphasCumprod();
    assertThat(alphas).hasSize(schedule.trainSteps());
    assertThat(alphas[0]).isBetween(0.99, 1.0);
    for (int t = 1; t < alphas.length; t++) {
      assertThat(alphas[t]).isLessThan(alphas[t - 1]);
    }
    try (var golden = new GoldenTensors(folder.resolve("golden/schedulers.safetensors"))) {
      float[] x0 = golden.floats("add_noise.x0");
      float[] noise = golden.floats("add_noise.noise");
      float[] expected = golden.floats("add_noise.out");
      long[] t = golden.get("add_noise.t").toLongArray();
      int each = x0.length / t.length;
      for (int i = 0; i < x0.length; i++) {
        double alpha = alphas[(int) t[i / each]];
        double found = Math.sqrt(alpha) * x0[i] + Math.sqrt(1 - alpha) * noise[i];
        assertThat(found).isCloseTo(expected[i], within(1e-5));
        double sigma = schedule.sigma((int) t[i / each]);
        assertThat(sigma * sigma).isCloseTo((1 - alpha) / alpha, withinPercentage(1e-6));
      }
    }
    alphas[0] = 0; // a copy
    assertThat(schedule.alphasCumprod()[0]).isPositive();
    assertThatThrownBy(() -> schedule.sigma(schedule.trainSteps()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void check(Path folder, String what, NDArray found, float[] expected) {
    double error = Errors.ofLargest(found.toFloatArray(), expected);
    Errors.print(folder, what, error);
    assertThat(error).isLessThan(1e-6);
  }
}
