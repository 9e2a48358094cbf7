package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Baked models against base and patches, in the engine and in the files. */
class BakedModelTest {
  private static final String QUERY = "text_model.encoder.layers.0.self_attn.q_proj.weight";
  private static final String PROJECTION = "text_projection.weight";

  @TempDir Path folder;

  private static Path model(String name) {
    return GoldenFolders.inProject("testkit/fixtures/" + name + "/model");
  }

  private static float[] random(long seed, int size, double scale) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private Path write(Path model, String name, PatchEdit... edits) throws IOException {
    Path file = folder.resolve(name + ".fmnpatch");
    try (ModelOnDisk stored = ModelOnDisk.open(model)) {
      WrittenPatch.write(
          stored.base(),
          PatchNaming.ofFile().draft(file, "A test.", List.of(edits), "test", Map.of()),
          file);
    }
    return file;
  }

  /** Three patches: values and factors, a closed form, factors of the text encoder. */
  private List<PatchRequest> patches(Path model) throws IOException {
    String norm = "unet/conv_norm_out.weight";
    long[] shape;
    int width = 0;
    Map<String, LowRank> text = new TreeMap<>();
    try (ModelOnDisk stored = ModelOnDisk.open(model)) {
      BaseTensors tensors = stored.base().tensors();
      shape = tensors.shape("unet", "conv_norm_out.weight");
      for (BaseTextEncoder encoder : stored.base().textEncoders()) {
        long[] square = tensors.shape(encoder.component(), QUERY);
        text.put(encoder.component() + "/" + QUERY, factors(square));
        width += (int) square[0];
        if (tensors.names(encoder.component()).contains(PROJECTION)) {
          text.put(encoder.component() + "/" + PROJECTION, factors(square));
        }
      }
    }
    Delta delta = new Delta(shape, random(1, (int) shape[0], 0.05));
    ClosedFormEdit closedForm =
        new ClosedFormEdit(
            List.of(
                new ErasedConcept(
                    "a",
                    new Rows(1, width, random(2, width, 1)),
                    new Rows(1, width, random(3, width, 1)),
                    Optional.empty())),
            0.5,
            1,
            1,
            TextProjections.KV,
            TextProjections.KV.targets());
    return List.of(
        new PatchRequest(write(model, "a", new DeltaEdit(Map.of(norm, delta))), 1),
        new PatchRequest(write(model, "b", closedForm), 0.7),
        new PatchRequest(write(model, "c", new LowRankEdit(text)), -0.5));
  }

  /** Of a square weight. */
  private static LowRank factors(long[] square) {
    int size = 2 * (int) square[0];
    return new LowRank(square, 2, 1, random(4, size, 0.1), random(5, size, 0.1));
  }

  /** Digests of the engine's weights by name, and of what it draws. */
  private record Live(Map<String, String> weights, List<String> images) {
    static Live of(Path model, List<PatchRequest> patches) throws IOException {
      ModelExtension extension =
          loaded -> {
            try (PatchStack stack = PatchStack.open(loaded.patches())) {
              stack.on(loaded.base()).applyTo(loaded);
            }
          };
      LoadOptions options = LoadOptions.defaults().patched(patches, List.of(extension));
      try (StableDiffusion sd = StableDiffusion.load(model, options)) {
        Map<String, String> weights =
            sd.engine()
                .call(
                    () -> {
                      Map<String, String> digests = new TreeMap<>();
                      for (String name : sd.weights().names()) {
                        digests.put(name, digest(sd.weights().current(name)));
                      }
                      return digests;
                    });
        GenerationRequest request =
            GenerationRequest.of("a photo of a fox").sampled("ddim", 3).seeds(4, 1);
        return new Live(
            weights, sd.generate(request).stream().map(p -> Sha256.hex(p.rgb())).toList());
      }
    }

    private static String digest(float[] values) {
      byte[] bytes = new byte[4 * values.length];
      ByteBuffer.wrap(bytes).asFloatBuffer().put(values);
      return Sha256.hex(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny", "sdxl-tiny"})
  void theEngineHasTheSameWeightsAndDrawsTheSameImages(String name) throws IOException {
    Path model = model(name);
    List<PatchRequest> patches = patches(model);
    Path target = folder.resolve("baked");
    BakeJob.run(
        new BakeRequest(model, ReadingOptions.DEFAULT, patches, target, false), Baking.QUIET);
    Live patched = Live.of(model, patches);
    Live baked = Live.of(target, List.of());
    assertThat(baked.weights()).isEqualTo(patched.weights());
    assertThat(baked.images()).isEqualTo(patched.images());
    assertThat(baked.images()).isNotEqualTo(Live.of(model, List.of()).images());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny", "sdxl-tiny"})
  void aCheckpointBecomesACheckpoint(String name) throws IOException {
    Path model = model(name);
    List<PatchRequest> patches = patches(model);
    Path file = folder.resolve("one.safetensors");
    SingleFile.write(model, file, DType.F32);
    Path target = folder.resolve("two.safetensors");
    if (hasSecondCopy(file)) {
      assertThatThrownBy(
              () ->
                  BakeJob.run(
                      new BakeRequest(file, ReadingOptions.DEFAULT, patches, target, false),
                      Baking.QUIET))
          .hasMessageContaining("a second time");
      withoutSecondCopy(file);
    }
    BakeJob.run(
        new BakeRequest(file, ReadingOptions.DEFAULT, patches, target, false), Baking.QUIET);
    assertThat(Files.size(target)).isEqualTo(Files.size(file));
    Live patched = Live.of(model, patches);
    Live baked = Live.of(target, List.of());
    assertThat(baked.weights()).isEqualTo(patched.weights());
    assertThat(baked.images()).isEqualTo(patched.images());
    assertThat(folder.resolve("two.safetensors.fmn-bake.json")).isRegularFile();
    assertThatThrownBy(
            () ->
                BakeJob.run(
                    new BakeRequest(file, ReadingOptions.DEFAULT, patches, target, false),
                    Baking.QUIET))
        .hasMessageContaining("--overwrite");
  }

  private static boolean hasSecondCopy(Path file) throws IOException {
    try (SafetensorsFile open = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      return open.tensors().keySet().stream().anyMatch(n -> n.startsWith("model_ema."));
    }
  }

  static void withoutSecondCopy(Path file) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (SafetensorsFile open = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      for (String name : open.tensors().keySet()) {
        if (!name.startsWith("model_ema.")) {
          var tensor = open.tensors().get(name);
          writer.add(name, tensor.dtype(), tensor.shape(), open.bytes(name));
        }
      }
      writer.write(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void sumsAreRoundedOnceToTheTypeOfTheFile(String type) throws IOException {
    DType dtype = DType.valueOf(type);
    Path model = folder.resolve("half");
    copyAs(model("sd1-tiny"), model, dtype);
    List<PatchRequest> patches = patches(model);
    Path target = folder.resolve("baked");
    BakeJob.run(
        new BakeRequest(model, ReadingOptions.DEFAULT, patches, target, false), Baking.QUIET);
    try (ModelOnDisk stored = ModelOnDisk.open(model);
        ModelOnDisk baked = ModelOnDisk.open(target);
        PatchStack stack = PatchStack.open(patches)) {
      var weights = stack.on(stored.base()).weights();
      assertThat(weights.targets()).hasSize(24);
      for (String full : weights.targets()) {
        String component = full.substring(0, full.indexOf('/'));
        String name = full.substring(component.length() + 1);
        float[] found = baked.base().tensors().floats(component, name);
        double[] sum = new double[found.length];
        weights
            .sum(full)
            .forEachStrip((first, some) -> System.arraycopy(some, 0, sum, first, some.length));
        assertThat(baked.base().tensors().dtype(component, name)).isEqualTo(dtype);
        for (int i = 0; i < sum.length; i++) {
          float expected =
              dtype == DType.F16
                  ? HalfFloats.halfToFloat(HalfFloats.doubleToHalf(sum[i]))
                  : HalfFloats.bfloat16ToFloat(HalfFloats.doubleToBfloat16(sum[i]));
          assertThat(found[i]).isEqualTo(expected);
        }
      }
    }
  }

  private static void copyAs(Path from, Path to, DType dtype) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (!file.toString().endsWith(".safetensors")) {
          Files.copy(file, copy);
          continue;
        }
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile open = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
          for (var tensor : open.tensors().values()) {
            if (tensor.dtype() == DType.F32) {
              writer.add(tensor.name(), dtype, tensor.shape(), open.floats(tensor.name()));
            } else {
              writer.add(tensor.name(), tensor.dtype(), tensor.shape(), open.bytes(tensor.name()));
            }
          }
          writer.write(copy);
        }
      }
    }
  }

  @Test
  void whatWouldBeTheModelWithoutThePatchesIsLeftOut() throws IOException {
    Path model = folder.resolve("m");
    copyAs(model("sd1-tiny"), model, DType.F32);
    Path unet = model.resolve("unet");
    Files.writeString(unet.resolve("diffusion_pytorch_model.bin"), "x");
    Files.copy(
        unet.resolve("diffusion_pytorch_model.safetensors"),
        unet.resolve("diffusion_pytorch_model.non_ema.safetensors"));
    String index = "diffusion_pytorch_model.non_ema.safetensors.index.json";
    Files.writeString(
        unet.resolve(index),
        "{\"weight_map\": {\"a\": \"diffusion_pytorch_model.non_ema.safetensors\"}}");
    Files.writeString(unet.resolve("diffusion_pytorch_model.bin.index.json"), "{}");
    Files.writeString(model.resolve("v1-5.ckpt"), "x");
    Files.writeString(model.resolve("README.md"), "x");
    Files.writeString(model.resolve("vae").resolve("other.bin"), "x");
    Files.createDirectories(model.resolve(".git"));
    Files.writeString(model.resolve(".git").resolve("HEAD"), "x");
    Path target = folder.resolve("baked");
    BakeJob.run(
        new BakeRequest(model, ReadingOptions.DEFAULT, patches(model), target, false),
        Baking.QUIET);
    assertThat(target.resolve("unet/diffusion_pytorch_model.bin")).doesNotExist();
    assertThat(target.resolve("unet/diffusion_pytorch_model.non_ema.safetensors")).doesNotExist();
    assertThat(target.resolve("unet").resolve(index)).doesNotExist();
    assertThat(target.resolve("unet/diffusion_pytorch_model.bin.index.json")).doesNotExist();
    assertThat(target.resolve("v1-5.ckpt")).doesNotExist();
    assertThat(target.resolve(".git")).doesNotExist();
    assertThat(target.resolve("README.md")).exists();
    assertThat(target.resolve("vae/other.bin")).exists(); // the VAE has not changed
    assertThat(target.resolve("unet/config.json")).exists();
  }

  @Test
  void digestsOfTheOldTensorsDoNotStayInTheHeader() throws IOException {
    Path model = folder.resolve("m");
    copyAs(model("sd1-tiny"), model, DType.F32);
    Path file = model.resolve("unet/diffusion_pytorch_model.safetensors");
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("modelspec.hash_sha256", "0x" + "0".repeat(64))
            .metadata("modelspec.title", "a \"title\" \u00e9\u2028");
    try (SafetensorsFile open = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      for (var tensor : open.tensors().values()) {
        writer.add(tensor.name(), tensor.dtype(), tensor.shape(), open.bytes(tensor.name()));
      }
      writer.write(file);
    }
    Path target = folder.resolve("baked");
    BakeJob.run(
        new BakeRequest(model, ReadingOptions.DEFAULT, patches(model), target, false),
        Baking.QUIET);
    Path copy = target.resolve("unet/diffusion_pytorch_model.safetensors");
    assertThat(Files.size(copy)).isEqualTo(Files.size(file));
    try (SafetensorsFile one = SafetensorsFile.open(file, SafetensorsLimits.MODEL);
        SafetensorsFile other = SafetensorsFile.open(copy, SafetensorsLimits.MODEL)) {
      assertThat(other.metadata())
          .containsOnlyKeys("modelspec.title")
          .containsEntry("modelspec.title", "a \"title\" \u00e9\u2028");
      assertThat(other.tensors()).isEqualTo(one.tensors());
    }
  }
}
