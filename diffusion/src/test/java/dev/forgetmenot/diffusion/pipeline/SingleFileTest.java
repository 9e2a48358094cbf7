package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model as a folder, as shards, as a copy in half precision and as one file. */
class SingleFileTest {
  private static final Map<String, String> FILES =
      Map.of(
          "unet", "diffusion_pytorch_model",
          "vae", "diffusion_pytorch_model",
          "text_encoder", "model",
          "text_encoder_2", "model");

  @TempDir Path temp;

  static List<Path> models() {
    return GoldenFolders.all().stream().map(folder -> folder.resolve("model")).toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theFileDrawsTheImagesOfTheFolder(Path folder) throws IOException {
    Path file = temp.resolve("one.safetensors");
    SingleFile.write(folder, file, DType.F32);
    GenerationRequest request =
        GenerationRequest.of("a photo of a fox").sampled("ddim", 3).seeds(4, 1);
    assertThat(draw(file, request)).isEqualTo(draw(folder, request));
  }

  private static List<String> draw(Path model, GenerationRequest request) throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults())) {
      List<String> images = new ArrayList<>();
      for (RgbImage image : sd.generate(request)) {
        images.add(dev.forgetmenot.files.Sha256.hex(image.rgb()));
      }
      return images;
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void fileAndShardsAndFolderAreExactlyOneBase(Path folder) throws IOException {
    Path file = temp.resolve("one.safetensors");
    SingleFile.write(folder, file, DType.F32);
    Path shards = GoldenFolders.copy(folder, temp.resolve("shards"));
    shard(shards);
    try (ModelOnDisk expected = ModelOnDisk.open(folder);
        ModelOnDisk single = ModelOnDisk.open(file);
        ModelOnDisk sharded = ModelOnDisk.open(shards)) {
      for (ModelOnDisk other : List.of(single, sharded)) {
        for (String component : expected.componentNames()) {
          assertSame(expected.base().tensors(), other.base().tensors(), component);
        }
        assertThat(other.base().tokenizer().sameAs(expected.base().tokenizer())).isTrue();
        assertThat(other.base().architecture()).isEqualTo(expected.base().architecture());
      }
      assertThat(single.base().label()).isEqualTo("one");
    }
  }

  /** Every leaf, the shapes and values, and the roots. */
  private static void assertSame(BaseTensors expected, BaseTensors found, String component)
      throws IOException {
    assertThat(found.names(component))
        .containsExactlyInAnyOrderElementsOf(expected.names(component));
    for (String name : expected.names(component)) {
      assertThat(found.shape(component, name)).as(name).isEqualTo(expected.shape(component, name));
      assertThat(found.floats(component, name))
          .as(name)
          .isEqualTo(expected.floats(component, name));
      assertThat(found.leaf(component, name)).as(name).isEqualTo(expected.leaf(component, name));
    }
    assertThat(found.root(component, found.names(component)))
        .isEqualTo(expected.root(component, expected.names(component)));
    assertThat(found.halfRoot(component, found.names(component)))
        .isEqualTo(expected.halfRoot(component, expected.names(component)));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void roundedCopiesAgreeInHalfPrecisionWhereThatKeepsThem(DType dtype) throws IOException {
    for (Path folder : models()) {
      Path file = temp.resolve(folder.getParent().getFileName() + ".safetensors");
      SingleFile.write(folder, file, dtype);
      Path rounded =
          GoldenFolders.copy(folder, temp.resolve(folder.getParent().getFileName() + "-rounded"));
      round(rounded, dtype);
      try (ModelOnDisk full = ModelOnDisk.open(folder);
          ModelOnDisk single = ModelOnDisk.open(file);
          ModelOnDisk folderCopy = ModelOnDisk.open(rounded)) {
        for (String component : full.componentNames()) {
          BaseTensors one = single.base().tensors();
          assertSame(folderCopy.base().tensors(), one, component);
          assertThat(one.root(component, one.names(component)))
              .isNotEqualTo(
                  full.base().tensors().root(component, full.base().tensors().names(component)));
          // Half precision keeps what an identity looks at; bf16 has lost digits before.
          assertThat(
                  one.halfRoot(component, one.names(component))
                      .equals(
                          full.base()
                              .tensors()
                              .halfRoot(component, full.base().tensors().names(component))))
              .isEqualTo(dtype == DType.F16);
        }
      }
    }
  }

  private static void round(Path folder, DType dtype) throws IOException {
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path component = folder.resolve(file.getKey());
      if (!Files.isDirectory(component)) {
        continue; // one text encoder
      }
      SafetensorsWriter writer = new SafetensorsWriter();
      try (var stored =
          ShardedSafetensors.open(component, file.getValue(), SafetensorsLimits.MODEL)) {
        for (var tensor : stored.tensors().values()) {
          if (tensor.dtype() == DType.F32) {
            writer.add(tensor.name(), dtype, tensor.shape(), stored.floats(tensor.name()));
          }
        }
      }
      Files.delete(component.resolve(file.getValue() + ".safetensors"));
      writer.write(component.resolve(file.getValue() + ".fp16.safetensors"));
    }
  }

  private static void shard(Path folder) throws IOException {
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path component = folder.resolve(file.getKey());
      if (!Files.isDirectory(component)) {
        continue; // one text encoder
      }
      String base = file.getValue();
      List<SafetensorsWriter> writers =
          List.of(new SafetensorsWriter(), new SafetensorsWriter(), new SafetensorsWriter());
      Map<String, String> index = new TreeMap<>();
      try (var stored = ShardedSafetensors.open(component, base, SafetensorsLimits.MODEL)) {
        int i = 0;
        for (var tensor : stored.tensors().values()) {
          int shard = i++ % writers.size();
          writers
              .get(shard)
              .add(tensor.name(), tensor.dtype(), tensor.shape(), stored.bytes(tensor.name()));
          index.put(tensor.name(), shardName(base, shard));
        }
        for (int shard = 0; shard < writers.size(); shard++) {
          writers.get(shard).write(component.resolve(shardName(base, shard)));
        }
      }
      Files.delete(component.resolve(base + ".safetensors"));
      String json = new com.google.gson.Gson().toJson(Map.of("weight_map", index));
      Files.write(
          component.resolve(base + ".safetensors.index.json"),
          json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String shardName(String base, int shard) {
    return base + "-0000" + (shard + 1) + "-of-00003.safetensors";
  }
}
