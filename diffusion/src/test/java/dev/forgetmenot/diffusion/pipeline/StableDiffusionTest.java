package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StableDiffusionTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static StableDiffusion sd;

  @BeforeAll
  static void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
    sd.close(); // closing twice is once
    assertThatThrownBy(() -> sd.generate(request(1))).hasMessageContaining("closed");
  }

  private static GenerationRequest request(int steps) {
    return GenerationRequest.of("a photo").sampled("euler-a", steps);
  }

  @Test
  void aImageDependsOnItsSeedAndNotOnItsNeighbours() {
    List<RgbImage> three = sd.generate(request(2).seeds(7, 3));
    RgbImage second = sd.generate(request(2).seeds(8, 1)).get(0);
    assertThat(three).hasSize(3);
    assertThat(meanDifference(three.get(1), second)).isLessThan(0.01);
    assertThat(meanDifference(three.get(0), second)).isGreaterThan(1);
  }

  @Test
  void manyImagesAreDrawnInBatchesAndStepsCountOn() {
    List<Integer> steps = new ArrayList<>();
    int count = 33; // one more than the largest batch
    List<RgbImage> images =
        sd.generate(
            request(1).seeds(0, count),
            (step, of, timestep, preview) -> {
              steps.add(step);
              assertThat(of).isEqualTo(2);
              assertThat(preview.get().width()).isEqualTo(sd.imageSize());
            },
            () -> false);
    assertThat(images).hasSize(count);
    assertThat(steps).containsExactly(1, 2);
  }

  @Test
  void requestsThatAreDrawnTogetherGiveTheImagesOfEach() {
    GenerationRequest one = request(2).seeds(3, 2);
    GenerationRequest other = request(2).prompted("a photo of a cat").seeds(9, 1);
    List<List<RgbImage>> together = sd.generate(List.of(one, other));
    assertThat(together).hasSize(2);
    assertThat(meanDifference(together.get(0).get(1), sd.generate(one).get(1))).isLessThan(0.05);
    assertThat(meanDifference(together.get(1).get(0), sd.generate(other).get(0))).isLessThan(0.05);
    assertThat(meanDifference(together.get(0).get(0), together.get(1).get(0))).isGreaterThan(1);
    assertThatThrownBy(() -> sd.generate(List.of(one, other.sampled("euler", 3))))
        .hasMessageContaining("prompts, seed and count alone");
  }

  @Test
  void leavesNoArraysBehind() {
    sd.generate(request(2).seeds(1, 2));
    int before = arrays();
    sd.generate(request(3).seeds(1, 2));
    sd.generate(GenerationRequest.of("fox").sampled("pndm", 5));
    assertThat(arrays()).isEqualTo(before);
  }

  private static int arrays() {
    return sd.engine().call(() -> sd.pipeline().parts().manager().getManagedArrays().size());
  }

  @Test
  void sizesThatTheAutoencoderCannotMakeAreRefused() {
    GenerationRequest odd =
        GenerationRequest.builder("a").steps(1).guidance(1).width(33).height(32).build();
    assertThatThrownBy(() -> sd.generate(odd))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiples of 2")
        .hasMessageContaining("33 × 32");
    GenerationRequest wide =
        GenerationRequest.builder("a").steps(1).guidance(1).width(48).height(32).build();
    assertThat(sd.generate(wide).get(0).width()).isEqualTo(48);
  }

  @Test
  void cancellingStopsBetweenSteps() {
    List<Integer> steps = new ArrayList<>();
    assertThatThrownBy(
            () ->
                sd.generate(
                    request(10),
                    (step, of, timestep, preview) -> steps.add(step),
                    () -> steps.size() == 2))
        .isInstanceOf(CancellationException.class);
    assertThat(steps).containsExactly(1, 2);
  }

  @Test
  void extensionsChangePromptEmbeddingAndLatents() throws IOException {
    List<String> seen = new ArrayList<>();
    SamplingExtension extension = (request, model) -> new Recorder(seen);
    LoadOptions options = LoadOptions.defaults().sampled(List.of(extension), List.of());
    try (StableDiffusion extended = StableDiffusion.load(MODEL, options)) {
      RgbImage changed = extended.generate(request(2), StepListener.NONE, () -> false).get(0);
      RgbImage fox = sd.generate(GenerationRequest.of("a fox").sampled("euler-a", 2)).get(0);
      assertThat(changed.rgb()).isEqualTo(fox.rgb());
      assertThat(seen)
          .containsExactly("prompt", "negative", "embedding", "latents 0", "latents 1", "close");
    }
  }

  /** Turns every prompt that begins like its request's into one of a fox, and moves the latents. */
  private static SamplingExtension foxes() {
    return (request, model) ->
        new SamplingExtension.Run() {
          @Override
          public String prompt(String prompt, boolean negative) {
            return negative ? prompt : prompt.replace(request.prompt(), "a fox");
          }

          @Override
          public NDArray latents(int step, NDArray latents) {
            return step == 0 ? latents.add(0.5f) : latents;
          }
        };
  }

  @Test
  void editorsMeasureWhatUsersDrawWithExtensions() throws IOException {
    LoadOptions options = LoadOptions.defaults().sampled(List.of(foxes()), List.of());
    try (StableDiffusion extended = StableDiffusion.load(MODEL, options)) {
      DiffusionModel model = extended; // as editors see it
      GenerationRequest one = request(2).seeds(3, 2);
      GenerationRequest other = one.prompted("a photo of a cat").seeds(9, 1);
      List<byte[]> users =
          Stream.of(one, other)
              .flatMap(r -> extended.generate(r, StepListener.NONE, () -> false).stream())
              .map(RgbImage::rgb)
              .toList();
      assertThat(model.generate(one).get(1).rgb()).isEqualTo(users.get(1));
      assertThat(users.get(1)).isNotEqualTo(sd.generate(one).get(1).rgb());
      List<List<RgbImage>> together = model.generate(List.of(one, other));
      assertThat(together.stream().flatMap(List::stream).map(RgbImage::rgb).toList())
          .usingElementComparator(Arrays::compare)
          .isEqualTo(users);
      assertThatThrownBy(() -> model.generate(List.of(one, other.sampled("euler", 3))))
          .hasMessageContaining("prompts, seed and count alone");

      float[][] seen = trajectory(extended, one);
      float[][] plain = trajectory(sd, one);
      assertThat(seen[0]).isEqualTo(plain[0]); // noise
      assertThat(seen[1]).isNotEqualTo(plain[1]);
      float[][] fox = trajectory(sd, one.prompted("a fox"));
      float scale = fox[1][0] - seen[1][0];
      for (int i = 0; i < fox[1].length; i++) { // moved by the same everywhere
        assertThat(fox[1][i] - seen[1][i]).isCloseTo(scale, within(1e-4f));
      }
      assertThat(scale).isNegative();
    }
  }

  private static float[][] trajectory(StableDiffusion model, GenerationRequest request) {
    return model
        .engine()
        .call(
            () -> {
              List<NoisyLatents> steps = model.trajectory(request);
              float[][] values = new float[steps.size()][];
              for (int i = 0; i < values.length; i++) {
                values[i] = steps.get(i).latents().toFloatArray();
              }
              steps.forEach(NoisyLatents::close);
              return values;
            });
  }

  private record Recorder(List<String> seen) implements SamplingExtension.Run {
    @Override
    public String prompt(String prompt, boolean negative) {
      seen.add(negative ? "negative" : "prompt");
      return negative ? prompt : "a fox";
    }

    @Override
    public TextCondition textCondition(TextCondition condition, boolean negative) {
      if (!negative) {
        seen.add("embedding");
      }
      return TextCondition.of(condition.context().duplicate());
    }

    @Override
    public NDArray latents(int step, NDArray latents) {
      seen.add("latents " + step);
      return latents;
    }

    @Override
    public void close() {
      seen.add("close");
    }
  }

  @Test
  void weightsAreReplacedAndGoBackBitForBit() {
    sd.engine()
        .run(
            () -> {
              ModelWeights weights = sd.weights();
              String name = "unet/conv_in.weight";
              float[] base = weights.base(name);
              assertThat(weights.current(name)).isEqualTo(base);
              float[] other = base.clone();
              other[3] += 1;
              weights.replace(name, other);
              assertThat(weights.current(name)).isEqualTo(other);
              assertThat(weights.base(name)).isEqualTo(base);
              weights.restore(name);
              assertThat(weights.current(name)).isEqualTo(base);
              weights.replace(name, other);
              assertThat(weights.parameter(name).changed()).isTrue();
              weights.restoreChanged();
              assertThat(weights.current(name)).isEqualTo(base);
              assertThat(weights.parameters().values()).noneMatch(ModelParameter::changed);
              assertThat(weights.names()).contains(name, "vae/encoder.conv_in.weight");
              assertThatThrownBy(() -> weights.current("unet/conv_im.weight"))
                  .hasMessageContaining("conv_in.weight");
              assertThatThrownBy(() -> weights.current("conv_in.weight"))
                  .hasMessageContaining("begins with the component");
              assertThatThrownBy(() -> weights.replace(name, new float[1]))
                  .hasMessageContaining("not 1");
            });
  }

  @Test
  void extensionsSeeTheBaseAndMustTakeEveryPatch() throws IOException {
    PatchRequest patch = new PatchRequest(Path.of("some.fmnpatch"), 1);
    ModelExtension taker =
        model -> {
          checkBase(model);
          model.applied(model.patches().get(0), "some patch");
        };
    LoadOptions options = LoadOptions.defaults().patched(List.of(patch), List.of(taker));
    try (StableDiffusion patched = StableDiffusion.load(MODEL, options)) {
      assertThat(patched.patchDescriptions()).containsExactly("some patch");
    }
    LoadOptions nobody = LoadOptions.defaults().patched(List.of(patch), List.of());
    assertThatThrownBy(() -> StableDiffusion.load(MODEL, nobody))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("some.fmnpatch");
  }

  private static void checkBase(PatchableModel model) throws IOException {
    String name = "conv_in.weight";
    assertThat(model.base().tensors().names("unet")).contains(name);
    long[] shape = model.base().tensors().shape("unet", name);
    assertThat(shape).isEqualTo(model.weights().shape("unet/" + name));
    int size = Math.toIntExact(shape[0] * shape[1] * shape[2] * shape[3]);
    int width = model.base().tensors().dtype("unet", name).bytes();
    assertThat(model.base().tensors().bytes("unet", name).remaining()).isEqualTo(size * width);
    assertThat(model.base().tensors().source("unet")).endsWith(".safetensors");
    assertThat(model.base().tokenizer().vocabSha256()).hasSize(64);
    assertThat(model.base().tokenizer().mergesSha256()).hasSize(64);
  }

  @Test
  void decodedLatentsAreTheImagesOfTheRequest() {
    GenerationRequest request = request(2).seeds(7, 2);
    List<RgbImage> drawn = sd.generate(request);
    sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager();
                  NDArray latents = sd.pipeline().latents(request, GenerationHooks.NONE, manager)) {
                List<RgbImage> decoded = sd.decodeLatents(latents);
                assertThat(decoded.get(0).rgb()).isEqualTo(drawn.get(0).rgb());
                assertThat(decoded.get(1).rgb()).isEqualTo(drawn.get(1).rgb());
                assertThat(decoded).hasSize(2);
                try (NDArray odd = latents.get("0")) {
                  assertThatThrownBy(() -> sd.decodeLatents(odd))
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("expected (b, 4, h, w)");
                }
                return null;
              }
            });
  }

  @Test
  void imagesBecomeLatentsOfTheModelsShape() {
    int side = sd.imageSize();
    RgbImage grey = new RgbImage(side, side, new byte[3 * side * side]);
    sd.engine()
        .call(
            () -> {
              try (NDArray latents = sd.encodeImages(List.of(grey, grey), sd.noise(1))) {
                int[] shape = sd.latentShape();
                assertThat(latents.getShape().getShape())
                    .containsExactly(2, shape[0], shape[1], shape[2]);
                return null;
              }
            });
  }

  @Test
  void brokenFoldersAreNamed(@org.junit.jupiter.api.io.TempDir Path folder) throws IOException {
    Path missing = folder.resolve("nothing");
    assertFails(missing, "nothing is not a folder");
    assertFails(folder, "has no model_index.json");
    Path index = folder.resolve("model_index.json");
    Files.writeString(index, "{");
    assertFails(folder, "model_index.json is not valid JSON");
    Files.writeString(index, "{\"_class_name\": \"StableDiffusionXLPipeline\"}");
    assertFails(folder, "has no folder unet, which Stable Diffusion XL has");
    Files.copy(
        MODEL.resolve("model_index.json"),
        index,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertFails(folder, "is the download complete?");
  }

  private static void assertFails(Path folder, String message) {
    assertThatThrownBy(() -> StableDiffusion.load(folder, LoadOptions.defaults()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  private static double meanDifference(RgbImage a, RgbImage b) {
    long sum = 0;
    for (int i = 0; i < a.rgb().length; i++) {
      sum += Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff));
    }
    return (double) sum / a.rgb().length;
  }
}
