package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole runs against diffusers' pipeline. */
class PipelineGoldenTest {
  private static final double TOLERANCE = 1e-4;

  record Facts(
      String prompt,
      String negative_prompt,
      int steps,
      double guidance_scale,
      int images,
      long seed,
      int height,
      int width,
      Sizes sizes) {
    /** Of a result: the sampler, and for a model with two text encoders a point and which one. */
    GenerationRequest request(String name) {
      String sampler = name.replaceFirst("\\..*", "");
      GenerationRequest plain = request(sampler, name.matches(".*\\.(no-negative|sizes)"));
      return name.endsWith(".sizes") ? sizes.of(plain) : plain;
    }

    private GenerationRequest request(String sampler, boolean withoutNegative) {
      return GenerationRequest.builder(prompt)
          .negativePrompt(withoutNegative ? "" : negative_prompt)
          .seed(seed)
          .seedPerImage(false) // one generator for the batch
          .count(images)
          .steps(steps)
          .guidance(guidance_scale)
          .width(width)
          .height(height)
          .sampler(sampler)
          .build();
    }
  }

  /** What the model is told of sizes; heights before widths. */
  @SuppressWarnings("ArrayRecordComponent") // read from JSON, never compared
  record Sizes(
      int height,
      int width,
      int[] original_size,
      int[] crops_coords_top_left,
      int[] target_size,
      int images) {
    GenerationRequest of(GenerationRequest plain) {
      return plain.toBuilder()
          .height(height)
          .width(width)
          .count(images)
          .sizeCondition(
              new SizeCondition(
                  Optional.of(pixels(original_size)),
                  crops_coords_top_left[1],
                  crops_coords_top_left[0],
                  Optional.of(pixels(target_size))))
          .build();
    }

    private static SizeCondition.Pixels pixels(int[] heightFirst) {
      return new SizeCondition.Pixels(heightFirst[1], heightFirst[0]);
    }
  }

  @TestFactory
  Stream<DynamicContainer> allFolders() {
    return GoldenFolders.all().stream()
        .map(
            folder ->
                DynamicContainer.dynamicContainer(
                    folder.getFileName().toString(), testsOf(folder)));
  }

  private static Stream<DynamicTest> testsOf(Path folder) {
    var tests = new ArrayList<DynamicTest>();
    for (String name : names(folder)) {
      tests.add(DynamicTest.dynamicTest(name, () -> check(folder, name)));
    }
    return tests.stream();
  }

  private static List<String> names(Path folder) {
    try (var golden = new GoldenTensors(folder.resolve("golden/pipeline.safetensors"))) {
      return golden.names().stream().sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void check(Path folder, String name) throws IOException {
    String json = Files.readString(folder.resolve("golden/pipeline.json"));
    Facts facts = new Gson().fromJson(json, Facts.class);
    try (var golden = new GoldenTensors(folder.resolve("golden/pipeline.safetensors"));
        var sd = StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults())) {
      float[] found;
      if (name.startsWith("decoded.")) {
        String latents =
            name.substring(8) + (golden.names().contains(name.substring(8)) ? "" : ".negative");
        found = decoded(sd, golden.floats(latents), golden.get(latents));
      } else {
        found = latents(sd, facts.request(name));
      }
      double error = Errors.ofLargest(found, golden.floats(name));
      Errors.print(folder, "pipeline." + name, error);
      assertThat(error).isLessThan(TOLERANCE);
    }
  }

  private static float[] latents(StableDiffusion sd, GenerationRequest request) {
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager();
                  NDArray latents = sd.pipeline().latents(request, GenerationHooks.NONE, manager)) {
                return latents.toFloatArray();
              }
            });
  }

  private static float[] decoded(StableDiffusion sd, float[] latents, NDArray like) {
    Shape shape = like.getShape();
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager();
                  NDArray scaled = manager.create(latents, shape);
                  NDArray plain =
                      scaled.div((float) sd.pipeline().parts().vae().config().scalingFactor());
                  NDArray decoded = sd.pipeline().parts().vae().decode(plain)) {
                return decoded.toFloatArray();
              }
            });
  }
}
