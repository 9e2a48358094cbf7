package dev.forgetmenot.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static void check(Path folder, String what, NDArray found, float[] expected) {
    double error = Errors.ofLargest(found.toFloatArray(), expected);
    Errors.print(folder, what, error);
    assertThat(error).isLessThan(1e-6);
  }
}
