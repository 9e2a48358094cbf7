package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Modes beside plain text-to-image against diffusers: the last latents of each. */
class ModesGoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final Set<String> TEXT =
      Set.of("clip-skip-1", "clip-skip-2", "guidance-1", "two-prompts", "wide");

  /** Guidance rescaled and schedules of zero terminal SNR. */
  private static final Set<String> ELSEWHERE = Set.of("rescale-0.7", "zero-snr");

  private static Set<String> expected() {
    Set<String> names = new TreeSet<>(TEXT);
    names.addAll(ELSEWHERE);
    for (String sampler : List.of("ddim", "euler-a", "dpmpp-2m-karras", "pndm")) {
      for (String strength : List.of("0.3", "0.6", "1.0")) {
        names.add("img2img." + sampler + "." + strength);
      }
    }
    for (String sampler : List.of("ddim", "euler")) {
      names.add("inpaint." + sampler + ".0.75");
      names.add("inpaint." + sampler + ".1.0");
    }
    return names;
  }

  @Test
  void everyCaseOfTheReferencesIsHere() throws IOException {
    for (Path folder : GoldenFolders.folders()) {
      Set<String> names = new TreeSet<>(facts(folder).keySet());
      names.removeAll(Set.of("note", "seed"));
      assertThat(names).as(folder.toString()).isEqualTo(expected());
    }
  }

  @TestFactory
  Stream<DynamicTest> allFolders() {
    return GoldenFolders.folders().stream()
        .flatMap(
            folder ->
                expected().stream()
                    .filter(name -> !ELSEWHERE.contains(name))
                    .map(
                        name ->
                            DynamicTest.dynamicTest(
                                folder.getFileName() + " " + name, () -> check(folder, name))));
  }

  private static JsonObject facts(Path folder) throws IOException {
    String json = Files.readString(folder.resolve("golden/pipelines.json"));
    return new Gson().fromJson(json, JsonObject.class);
  }

  private static void check(Path folder, String name) throws IOException {
    JsonObject facts = facts(folder).getAsJsonObject(name);
    String sampler = name.contains(".") ? name.split("\\.", -1)[1] : "ddim";
    try (var golden = new GoldenTensors(folder.resolve("golden/pipelines.safetensors"));
        var sd = StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults())) {
      TorchGenerator noise = new TorchGenerator(facts(folder).get("seed").getAsLong());
      List<GenerationRequest> images = requests(facts, sampler);
      ImageBatch batch = new ImageBatch(images.get(0), images, noise);
      float[] found = latents(sd, batch, facts, golden);
      double error = Errors.ofLargest(found, golden.floats(name));
      Errors.print(folder, "pipelines." + name, error);
      assertThat(error).isLessThan(TOLERANCE);
    }
  }

  private static float[] latents(
      StableDiffusion sd, ImageBatch batch, JsonObject facts, GoldenTensors golden) {
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager()) {
                Optional<InitialTensors> initial =
                    facts.has("strength")
                        ? Optional.of(initial(facts, golden, sd, manager))
                        : Optional.empty();
                return sd.pipeline()
                    .loop()
                    .latents(batch, initial, GenerationHooks.NONE, manager)
                    .toFloatArray();
              }
            });
  }

  private static InitialTensors initial(
      JsonObject facts, GoldenTensors golden, StableDiffusion sd, NDManager manager) {
    NDArray unit = manager.create(golden.floats("image"), golden.get("image").getShape());
    boolean masked = facts.has("height"); // diffusers' image-to-image takes the image's size
    int stride = sd.pipeline().parts().vae().config().stride();
    return new InitialTensors(
        unit.mul(2).sub(1),
        masked ? Optional.of(mask(golden, stride, manager)) : Optional.empty(),
        facts.get("strength").getAsDouble());
  }

  private static NDArray mask(GoldenTensors golden, int stride, NDManager manager) {
    Shape shape = golden.get("mask").getShape();
    int width = (int) shape.get(3);
    float[] pixels = golden.floats("mask");
    float[] values = new float[pixels.length / stride / stride];
    int columns = width / stride;
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i / columns * stride * width + i % columns * stride];
    }
    return manager.create(values, new Shape(1, 1, values.length / columns, columns));
  }

  private static List<GenerationRequest> requests(JsonObject facts, String sampler) {
    List<String> prompts = texts(facts.get("prompt"));
    List<String> negatives = texts(facts.get("negative_prompt"));
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      requests.add(
          GenerationRequest.builder(prompts.get(i))
              .negativePrompt(negatives.get(i))
              .seedPerImage(false) // one generator for the batch
              .steps(facts.get("num_inference_steps").getAsInt())
              .guidance(facts.get("guidance_scale").getAsDouble())
              .width(facts.has("width") ? facts.get("width").getAsInt() : 32)
              .height(32)
              .clipSkip(facts.has("clip_skip") ? facts.get("clip_skip").getAsInt() + 1 : 1)
              .sampler(sampler)
              .build());
    }
    return requests;
  }

  private static List<String> texts(JsonElement element) {
    if (!element.isJsonArray()) {
      return List.of(element.getAsString());
    }
    JsonArray array = element.getAsJsonArray();
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }
}
