package dev.forgetmenot.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenSamplers;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.schedule.SchedulerConfigReader;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Samplers against diffusers, state by state. */
class SamplerGoldenTest {
  private static final double TOLERANCE = 1e-5;

  private final SamplerRegistry samplers = new SamplerRegistry(List.of());

  @TestFactory
  Stream<DynamicTest> runsOfAllFolders() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (Path folder : GoldenFolders.folders()) {
      String json = Files.readString(folder.resolve("golden/schedulers.json"));
      JsonObject runs = JsonParser.parseString(json).getAsJsonObject();
      for (String run : runs.keySet()) {
        tests.add(
            DynamicTest.dynamicTest(
                folder.getFileName() + " " + run,
                () -> check(folder, run, runs.getAsJsonObject(run))));
      }
    }
    return tests.stream();
  }

  private void check(Path folder, String run, JsonObject facts) throws IOException {
    String name = run.substring(0, run.lastIndexOf('.'));
    int steps = Integer.parseInt(run.substring(run.lastIndexOf('.') + 1));
    SamplerProvider provider = GoldenSamplers.require(samplers.all(), name);
    SchedulerConfig config = SchedulerConfigReader.read(folder.resolve("model/scheduler"));
    try (var golden = new GoldenTensors(folder.resolve("golden/schedulers.safetensors"));
        Sampler sampler = provider.create(new DiscreteNoiseSchedule(config), config, steps)) {
      assertThat(sampler.initNoiseSigma()).isEqualTo(facts.get("init_noise_sigma").getAsDouble());
      assertTimesteps(sampler.timesteps(), golden.floats(run + ".timesteps"), name);
      double error = follow(sampler, golden, run);
      Errors.print(folder, run, error);
      assertThat(error).isLessThan(TOLERANCE);
    }
  }

  /** Exact, but for levels that are put between the timesteps through float32 logarithms. */
  private static void assertTimesteps(double[] found, float[] expected, String name) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      if (name.endsWith("-karras")) {
        assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(1e-3);
      } else {
        assertThat(found[i]).isEqualTo(expected[i]);
      }
    }
  }

  private static double follow(Sampler sampler, GoldenTensors golden, String run) {
    double[] timesteps = sampler.timesteps();
    NoiseSource noise = new TorchGenerator(123);
    NDArray samples = golden.get(run + ".samples");
    Shape shape = new Shape(1, 4, 4, 4);
    assertThat(samples.getShape().get(0)).isEqualTo(timesteps.length + 1);
    try (NDManager manager = golden.manager().newSubManager()) {
      NDArray start = manager.create(noise.normal((int) shape.size()), shape);
      NDArray sample = start.mul((float) sampler.initNoiseSigma());
      double worst = Errors.ofLargest(sample.toFloatArray(), samples.get(0).toFloatArray());
      for (int i = 0; i < timesteps.length; i++) {
        NDArray scaled = sampler.scaleModelInput(sample, i);
        NDArray output = scaled.mul(0.7f).add(0.1f * (i % 5)).tanh();
        sample = sampler.step(output, i, sample, noise);
        float[] expected = samples.get(i + 1).toFloatArray();
        worst = Math.max(worst, Errors.ofLargest(sample.toFloatArray(), expected));
      }
      return worst;
    }
  }
}
