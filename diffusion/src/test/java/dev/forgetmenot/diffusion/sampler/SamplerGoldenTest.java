package dev.forgetmenot.diffusion.sampler;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.Errors;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** All samplers against diffusers, state by state, by their class's configuration and by name. */
class SamplerGoldenTest {
  private static final double TOLERANCE = 1e-5;
  private static final TypeToken<Map<String, Map<String, Object>>> RUNS = new TypeToken<>() {};

  /** The files of reference runs: the seed of their noise, and all their runs. */
  @SuppressWarnings("ImmutableEnumChecker") // lists that nothing changes
  private enum File {
    SCHEDULERS(
        123,
        List.of(4, 20),
        """
        ddim pndm ddpm euler euler-a heun lms dpmpp-2m dpmpp-2m-karras euler-karras unipc"""),
    SAMPLERS(
        321,
        List.of(4, 6, 20),
        """
        dpmpp-2m-sde dpmpp-2m-sde-karras dpmpp-3m dpmpp-2m-trailing dpmpp-2s dpmpp-2s-karras dpm2 \
        dpm2-a deis lcm tcd heun-karras lms-karras unipc-karras euler-exponential euler-trailing \
        euler-a-trailing ddim-trailing-zero-snr euler-trailing-zero-snr ddim-eta-1""");

    private final long seed;
    private final List<Integer> steps;
    private final List<String> names;

    File(long seed, List<Integer> steps, String names) {
      this.seed = seed;
      this.steps = steps;
      this.names = List.of(names.split(" +"));
    }

    Path in(Path folder, String suffix) {
      return folder.resolve("golden/" + name().toLowerCase(java.util.Locale.ROOT) + suffix);
    }

    Set<String> expectedRuns() {
      Stream<String> more = this == SAMPLERS ? Stream.of("dpmpp-2m-ays.10") : Stream.of();
      return Stream.concat(
              names.stream().flatMap(name -> steps.stream().map(count -> name + "." + count)), more)
          .collect(toSet());
    }

    Map<String, Map<String, Object>> runs(Path folder) throws IOException {
      return new Gson().fromJson(Files.readString(in(folder, ".json")), RUNS);
    }
  }

  private final SamplerRegistry samplers = new SamplerRegistry(List.of());

  private static List<Path> folders() {
    return GoldenFolders.folders().stream()
        .filter(folder -> Files.exists(File.SCHEDULERS.in(folder, ".json")))
        .toList();
  }

  @Test
  void theReferencesHaveTheRunsThatAreExpected() throws IOException {
    assertThat(folders()).hasSizeGreaterThanOrEqualTo(2);
    for (Path folder : folders()) {
      for (File file : File.values()) {
        assertThat(file.runs(folder).keySet())
            .as("%s of %s", file, folder)
            .isEqualTo(file.expectedRuns());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> runsOfAllFolders() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (Path folder : folders()) {
      for (File file : File.values()) {
        Map<String, Map<String, Object>> runs = file.runs(folder);
        for (String run : runs.keySet()) {
          String name = folder.getFileName() + " " + run;
          tests.add(DynamicTest.dynamicTest(name, () -> check(folder, file, run, runs.get(run))));
        }
      }
    }
    return tests.stream();
  }

  private void check(Path folder, File file, String run, Map<String, Object> facts)
      throws IOException {
    String name = run.substring(0, run.lastIndexOf('.'));
    SchedulerConfig model = SchedulerConfigReader.read(folder.resolve("model/scheduler"));
    try (var golden = new GoldenTensors(file.in(folder, ".safetensors"))) {
      SchedulerConfig trained =
          facts.containsKey("prediction_type")
              ? BuiltInSampler.overlaid(
                  model, Map.of("prediction_type", facts.get("prediction_type")))
              : model;
      SamplerProvider byName = samplers.resolve(Optional.of(name), trained);
      assertThat(byName.name()).isEqualTo(name);
      double error = compare(byName, trained, golden, file, run, facts);
      if (!facts.containsKey("timesteps")) { // those are no setting of a class
        SchedulerConfig ofClass = BuiltInSampler.overlaid(model, facts);
        SchedulerConfig config =
            BuiltInSampler.overlaid(ofClass, Map.of("_class_name", facts.get("class")));
        SamplerProvider byClass = samplers.resolve(Optional.empty(), config);
        assertThat(name).startsWith(byClass.name());
        error = Math.max(error, compare(byClass, config, golden, file, run, facts));
      }
      Errors.print(folder, run, error);
      assertThat(error).isLessThan(TOLERANCE);
    }
  }

  private static double compare(
      SamplerProvider provider,
      SchedulerConfig config,
      GoldenTensors golden,
      File file,
      String run,
      Map<String, Object> facts) {
    int steps = Integer.parseInt(run.substring(run.lastIndexOf('.') + 1));
    var schedule = new DiscreteNoiseSchedule(config);
    try (Sampler sampler = provider.create(schedule, config, steps)) {
      assertThat(sampler.initNoiseSigma()).isEqualTo(facts.getOrDefault("init_noise_sigma", 1.0));
      assertTimesteps(run, sampler.timesteps(), golden.floats(run + ".timesteps"));
      return follow(sampler, golden, run, file.seed);
    }
  }

  /** Exact, but for levels that are put between the timesteps through float32 logarithms. */
  private static void assertTimesteps(String run, double[] found, float[] expected) {
    double tolerance = run.matches(".*(karras|exponential|dpm2).*") ? 1e-3 : 0;
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(tolerance);
    }
  }

  private static double follow(Sampler sampler, GoldenTensors golden, String run, long seed) {
    double[] timesteps = sampler.timesteps();
    NoiseSource noise = new TorchGenerator(seed);
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
