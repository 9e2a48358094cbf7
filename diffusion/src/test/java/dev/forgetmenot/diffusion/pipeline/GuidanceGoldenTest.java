package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.sampler.DdimSampler;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rescaled guidance, and with it a schedule of zero terminal SNR, against diffusers. */
class GuidanceGoldenTest {
  private static final double TOLERANCE = 1e-4;

  /** DDIM with what the reference sets beyond the model's folder. */
  private record ZeroSnr(String name) implements SamplerProvider {
    private static final Map<String, Object> SETTINGS =
        Map.of(
            "timestep_spacing", "trailing",
            "rescale_betas_zero_snr", true,
            "prediction_type", "v_prediction");

    @Override
    public String displayName() {
      return name;
    }

    @Override
    public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
      Map<String, Object> values = new HashMap<>(config.values());
      values.putAll(SETTINGS);
      return new DdimSampler(new SchedulerConfig(values), steps);
    }
  }

  @TestFactory
  Stream<DynamicTest> allFolders() {
    return GoldenFolders.folders().stream()
        .flatMap(
            folder ->
                Stream.of("rescale-0.7", "zero-snr")
                    .map(
                        name ->
                            DynamicTest.dynamicTest(
                                folder.getFileName() + " " + name, () -> check(folder, name))));
  }

  private static void check(Path folder, String name) throws IOException {
    JsonObject all =
        JsonParser.parseString(Files.readString(folder.resolve("golden/pipelines.json")))
            .getAsJsonObject();
    JsonObject facts = all.getAsJsonObject(name);
    GenerationRequest request =
        GenerationRequest.builder(facts.get("prompt").getAsString())
            .negativePrompt(facts.get("negative_prompt").getAsString())
            .seed(all.get("seed").getAsLong())
            .seedPerImage(false)
            .steps(facts.get("num_inference_steps").getAsInt())
            .guidance(facts.get("guidance_scale").getAsDouble())
            .guidanceRescale(facts.get("guidance_rescale").getAsDouble())
            .width(32)
            .height(32)
            .sampler(name.equals("zero-snr") ? name : "ddim")
            .build();
    LoadOptions options =
        LoadOptions.defaults().sampled(List.of(), List.of(new ZeroSnr("zero-snr")));
    try (var golden = new GoldenTensors(folder.resolve("golden/pipelines.safetensors"));
        var sd = StableDiffusion.load(folder.resolve("model"), options)) {
      float[] found =
          sd.engine()
              .call(
                  () -> {
                    try (NDManager manager = sd.newManager();
                        NDArray latents =
                            sd.pipeline().latents(request, GenerationHooks.NONE, manager)) {
                      return latents.toFloatArray();
                    }
                  });
      double error = Errors.ofLargest(found, golden.floats(name));
      Errors.print(folder, "pipelines." + name, error);
      assertThat(error).isLessThan(TOLERANCE);
    }
  }
}
