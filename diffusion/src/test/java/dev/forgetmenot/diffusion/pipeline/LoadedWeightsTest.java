package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What of a model is in memory, in which precision, and what is left when loading fails. */
class LoadedWeightsTest {
  private static final Path MODEL = EmbeddedModel.folder();
  private static final GenerationRequest REQUEST =
      GenerationRequest.builder("a photo of a fox").steps(4).build().seeds(7, 2);
  private static final String KEY =
      "unet/mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight";

  private static long inMemory(StableDiffusion sd, String component) {
    return sd.engine()
        .call(
            () ->
                sd.weights().parameters().entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(component))
                    .filter(entry -> entry.getValue().inMemory())
                    .count());
  }

  @Test
  void onlyWhatIsUsedIsInMemory() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      assertThat(inMemory(sd, "")).isZero();
      float[] key = sd.engine().call(() -> sd.weights().current(KEY));
      assertThat(key).isEqualTo(sd.engine().call(() -> sd.weights().base(KEY)));
      sd.engine().run(() -> sd.encodePrompts(List.of(sd.tokenize("a fox"))).close());
      assertThat(inMemory(sd, "unet/")).isZero();
      assertThat(inMemory(sd, "text_encoder/")).isPositive();
      sd.generate(REQUEST.seeds(1, 1));
      assertThat(inMemory(sd, "vae/decoder.")).isPositive();
      assertThat(inMemory(sd, "vae/encoder.")).isZero();
    }
  }

  private static List<byte[]> draw(LoadOptions loaded) throws IOException {
    LoadOptions options = loaded.patched(List.of(), List.of(LoadedWeightsTest::doubleKey));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      List<RgbImage> base = sd.generate(REQUEST);
      sd.repatch(List.of(new PatchRequest(Path.of("doubled"), 1)));
      List<RgbImage> patched = sd.generate(REQUEST);
      sd.repatch(List.of());
      List<RgbImage> again = sd.generate(REQUEST);
      assertThat(again.get(0).rgb()).isEqualTo(base.get(0).rgb());
      assertThat(patched.get(0).rgb()).isNotEqualTo(base.get(0).rgb());
      return Stream.of(base, patched, again).flatMap(List::stream).map(RgbImage::rgb).toList();
    }
  }

  private static void doubleKey(PatchableModel model) throws IOException {
    for (PatchRequest request : model.patches()) {
      float[] values = model.weights().base(KEY);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1.7f;
      }
      model.replace(KEY, "doubled", () -> values);
      model.applied(request, "doubled");
    }
  }

  @Test
  void halvesOfAHalfModelDrawTheSameBits() throws IOException {
    List<byte[]> single = draw(LoadOptions.defaults());
    List<byte[]> half = draw(LoadOptions.defaults().holding(WeightPrecision.HALF));
    assertThat(half).hasSameSizeAs(single);
    for (int i = 0; i < single.size(); i++) {
      assertThat(half.get(i)).isEqualTo(single.get(i));
    }
  }

  @Test
  void patchesGoOnAndComeOffInBfloat16() throws IOException {
    LoadOptions bf16 = LoadOptions.defaults().computing(ComputePrecision.BF16);
    List<byte[]> single = draw(LoadOptions.defaults());
    List<byte[]> reduced = draw(bf16);
    for (int i = 0; i < single.size(); i++) {
      assertThat(reduced.get(i)).isNotEqualTo(single.get(i));
      assertThat(difference(reduced.get(i), single.get(i))).isLessThan(2);
    }
    List<byte[]> half = draw(bf16.holding(WeightPrecision.HALF));
    for (int i = 0; i < half.size(); i++) {
      assertThat(half.get(i)).isEqualTo(reduced.get(i));
    }
  }

  /** The mean difference of a value of 0 to 255. */
  private static double difference(byte[] one, byte[] other) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
    }
    return (double) sum / one.length;
  }

  @Test
  void theBaseIsForgottenInFloat32WhereFewerBitsAreComputed() throws IOException {
    LoadOptions bf16 = LoadOptions.defaults().computing(ComputePrecision.BF16);
    try (StableDiffusion sd = StableDiffusion.load(MODEL, bf16)) {
      sd.generate(REQUEST.seeds(1, 1));
      assertThat(sd.engine().call(() -> sd.weights().parameter(KEY).inMemory())).isFalse();
      assertThat(sd.engine().call(() -> sd.weights().current(KEY)))
          .isEqualTo(sd.engine().call(() -> sd.weights().base(KEY)));
    }
  }

  @Test
  void whatIsReadOnceIsInMemoryNoLonger() throws IOException {
    LoadOptions bf16 = LoadOptions.defaults().computing(ComputePrecision.BF16);
    try (StableDiffusion sd = StableDiffusion.load(MODEL, bf16)) {
      sd.generate(REQUEST.seeds(1, 1));
      sd.engine()
          .run(
              () -> {
                ModelParameter weight = sd.weights().parameter(KEY);
                float[] values;
                try (ModelParameter.Use once = weight.readOnce()) {
                  values = once.array().toFloatArray();
                }
                assertThat(weight.inMemory()).isFalse();
                assertThat(weight.floats()).isEqualTo(values); // reads it to stay
                weight.readOnce().close();
                assertThat(weight.inMemory()).isTrue();
              });
    }
  }

  @Test
  void theFastestFormsDrawTheSameImagesAgain() throws IOException {
    LoadOptions tuned = LoadOptions.defaults().computing(ComputePrecision.F32_AUTOTUNE);
    List<byte[]> plain = draw(LoadOptions.defaults());
    List<byte[]> first = draw(tuned);
    List<byte[]> second = draw(tuned);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(difference(first.get(i), plain.get(i))).isLessThan(0.01);
      assertThat(second.get(i)).isEqualTo(first.get(i));
    }
  }

  @Test
  void whileATrainingIsOpenAllIsFloat32() throws IOException {
    LoadOptions bf16 = LoadOptions.defaults().computing(ComputePrecision.BF16);
    List<float[]> single = train(LoadOptions.defaults());
    List<float[]> reduced = train(bf16);
    assertThat(reduced.get(0)).as("before").isNotEqualTo(single.get(0));
    assertThat(reduced.get(1)).as("without a graph").isEqualTo(single.get(1));
    assertThat(reduced.get(2)).as("trained weights").isEqualTo(single.get(2));
    assertThat(reduced.get(3)).as("after").isNotEqualTo(single.get(3));
    assertThat(reduced.get(3)).as("with trained weights").isNotEqualTo(reduced.get(0));
    assertThat(reduced.get(4)).as("the base again").isEqualTo(reduced.get(0));
  }

  /** Predictions before, while and after the keys are trained; and what became of them. */
  private static List<float[]> train(LoadOptions options) throws IOException {
    List<float[]> found = new ArrayList<>();
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      found.add(predict(sd));
      try (TrainingScope scope = sd.train(TrainingOptions.adamW(KEY::equals, 1e-1))) {
        scope.step(manager -> loss(sd, manager));
        found.add(predict(sd));
        found.add(sd.engine().call(() -> sd.weights().current(KEY)));
      }
      found.add(predict(sd));
      sd.engine().run(() -> sd.weights().restoreChanged());
      found.add(predict(sd));
    }
    return found;
  }

  private static float[] predict(StableDiffusion sd) {
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager()) {
                return output(sd, manager).toFloatArray();
              }
            });
  }

  private static NDArray loss(StableDiffusion sd, NDManager manager) {
    return output(sd, manager).square().mean();
  }

  private static NDArray output(StableDiffusion sd, NDManager manager) {
    try (TextCondition condition = sd.encodePrompts(List.of(sd.tokenize("a fox")))) {
      NDArray latents = manager.create(new TorchGenerator(3).normal(1024), new Shape(1, 4, 16, 16));
      return sd.predict(latents, new double[] {300}, condition, AttentionHooks.NONE);
    }
  }

  @Test
  void latentsAndPixelsThatAreNoNumbersAreNamed() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      sd.engine().call(() -> notNumbers(sd, "vae/decoder.conv_out.bias"));
      assertThatThrownBy(() -> sd.generate(REQUEST.seeds(1, 1)))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("VAE")
          .hasMessageContaining("NaN");
      sd.engine().call(() -> notNumbers(sd, "unet/conv_out.bias"));
      assertThatThrownBy(() -> sd.generate(REQUEST.seeds(1, 1)))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("latents")
          .hasMessageContaining("step 1 of");
    }
  }

  private static Void notNumbers(StableDiffusion sd, String name) {
    float[] values = sd.weights().base(name);
    Arrays.fill(values, Float.NaN);
    sd.weights().replace(name, values);
    return null;
  }

  @Test
  @EnabledOnOs(OS.LINUX) // looks at the open files in /proc
  void anErrorWhileLoadingLeavesNoFileOpen() throws IOException {
    LoadOptions options =
        LoadOptions.defaults()
            .patched(
                List.of(),
                List.of(
                    model -> {
                      throw new StackOverflowError("of a plugin");
                    }));
    assertThatThrownBy(() -> StableDiffusion.load(MODEL, options))
        .isInstanceOf(StackOverflowError.class)
        .hasMessage("of a plugin");
    assertThat(openFiles()).isEmpty();
  }

  private static List<String> openFiles() throws IOException {
    String folder = MODEL.toRealPath().toString();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .map(LoadedWeightsTest::target)
          .filter(target -> target.startsWith(folder))
          .toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  /** The whole model is replaced where Java may hold a third of it. */
  @Test
  void changesMayBeLargerThanJavaMemory() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + Replaced.HEAP_MEGABYTES + "m",
                "-XX:MaxDirectMemorySize=" + Replaced.DIRECT_MEGABYTES + "m",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                Replaced.class.getName(),
                MODEL.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("replaced and restored");
  }

  /** The program of {@link #changesMayBeLargerThanJavaMemory}. */
  static final class Replaced {
    static final int HEAP_MEGABYTES = 96;
    static final int DIRECT_MEGABYTES = 8;

    private Replaced() {}

    public static void main(String... args) throws IOException {
      LoadOptions options =
          LoadOptions.defaults().patched(List.of(), List.of(Replaced::everything));
      try (StableDiffusion sd = StableDiffusion.load(Path.of(args[0]), options)) {
        long bytes =
            sd.engine()
                .call(
                    () ->
                        4
                            * sd.pipeline().parts().unet().weights().all().stream()
                                .mapToLong(one -> one.shape().size())
                                .sum());
        if (bytes < (3L * DIRECT_MEGABYTES) << 20) {
          throw new IllegalStateException("the model is too small for this: " + bytes);
        }
        for (String name : List.of("first", "second")) {
          sd.repatch(List.of(new PatchRequest(Path.of(name), 1)));
        }
        sd.repatch(List.of());
        System.out.println("replaced and restored");
      }
    }

    private static void everything(PatchableModel model) throws IOException {
      for (PatchRequest request : model.patches()) {
        for (String name : model.weights().names()) {
          model.replace(name, request.file().toString(), () -> model.weights().base(name));
        }
        model.applied(request, "everything");
      }
    }
  }
}
