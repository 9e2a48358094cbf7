package dev.forgetmenot.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of CLIP and of safety checkers as they are published, and broken ones. */
class ClipFilesTest {
  private static final Path SAFETY = GoldenFolders.inProject("testkit/fixtures/safety");
  private static final Path CLIP = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/clip");
  private static final List<RgbImage> IMAGE = List.of(new RgbImage(40, 30, new byte[3 * 1200]));

  private static EngineThread engine;
  @TempDir private Path folder;
  private Path checker;

  @BeforeAll
  static void start() {
    engine = EngineThread.start("cpu");
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  @BeforeEach
  void copySafetyChecker() throws IOException {
    checker = folder.resolve("safety_checker");
    GoldenFolders.copy(SAFETY.resolve("safety_checker"), checker);
    GoldenFolders.copy(SAFETY.resolve("feature_extractor"), folder.resolve("feature_extractor"));
  }

  /** Writes the weights anew with other names. */
  private void rename(String file, UnaryOperator<String> naming) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    Path model = checker.resolve("model.safetensors");
    try (SafetensorsFile stored = SafetensorsFile.open(model, SafetensorsLimits.MODEL)) {
      for (TensorInfo tensor : stored.tensors().values()) {
        String name = naming.apply(tensor.name());
        if (!name.isEmpty()) {
          writer.add(name, tensor.dtype(), tensor.shape(), stored.bytes(tensor.name()));
        }
      }
      writer.add(
          "vision_model.vision_model.embeddings.position_ids",
          DType.I64,
          new long[] {1},
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN));
      writer.write(folder.resolve("new"));
    }
    Files.delete(model);
    Files.move(folder.resolve("new"), checker.resolve(file));
  }

  private static float[][] embedded(ClipFiles files) throws IOException {
    try (ClipEmbedder embedder = ClipEmbedder.open(files, engine)) {
      return embedder.images(IMAGE);
    }
  }

  @Test
  void publishedNamesAndVariantsGiveTheSameEmbeddings() throws IOException {
    ClipFiles files = ClipFiles.safetyChecker(checker);
    float[][] expected = embedded(files);
    String digest = files.digest();
    rename("model.fp16.safetensors", name -> name.replaceFirst("^vision_model", "vision_model.$0"));
    assertThat(embedded(files)).isDeepEqualTo(expected);
    assertThat(files.digest()).isEqualTo(digest);
    Files.move(
        folder.resolve("feature_extractor/preprocessor_config.json"),
        checker.resolve("preprocessor_config.json"));
    assertThat(embedded(ClipFiles.safetyChecker(checker))).isDeepEqualTo(expected);
  }

  @Test
  void theConfigurationThatTransformersTakesIsTaken() throws IOException {
    ClipFiles files = ClipFiles.safetyChecker(checker);
    Path config = checker.resolve("config.json");
    String text = Files.readString(config);
    int begin = text.indexOf('{', text.indexOf("vision_config"));
    String vision = text.substring(begin, text.indexOf('}', begin) + 1);
    Files.writeString(
        config,
        text.replaceFirst(
                "\\{", "{\"vision_config_dict\": " + vision + ", \"text_config_dict\": null,")
            .replace(vision + "\n}", "{\"hidden_size\": 48}}"));
    assertThat(Files.readString(config)).contains("\"hidden_size\": 48");
    assertThat(embedded(files)).hasDimensions(1, 24);
  }

  @Test
  void otherPreprocessingIsAnotherDigest() throws IOException {
    ClipFiles files = ClipFiles.safetyChecker(checker);
    String digest = files.digest();
    edit(
        files.preprocessor().resolve("preprocessor_config.json"),
        "\"resample\": 3",
        "\"resample\": 2");
    assertThat(files.digest()).isNotEqualTo(digest);
    assertThat(ClipFiles.model(CLIP).digest()).isNotEqualTo(digest);
  }

  private static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> ClipEmbedder.open(ClipFiles.safetyChecker(checker), engine))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void aMissingPreprocessorIsNamed() throws IOException {
    Files.delete(folder.resolve("feature_extractor/preprocessor_config.json"));
    refused("feature_extractor/preprocessor_config.json", "is missing");
  }

  @Test
  void aPreprocessorOfAnotherSizeIsNamed() throws IOException {
    Path config = folder.resolve("feature_extractor/preprocessor_config.json");
    edit(config, "\"height\": 32", "\"height\": 40");
    refused("preprocessor_config.json makes images of 32 x 40 pixels", "takes 32 x 32", "get both");
  }

  @Test
  void missingConceptsAreNamed() throws IOException {
    rename("model.safetensors", name -> name.equals("special_care_embeds") ? "" : name);
    refused("special_care_embeds is missing", "config.json");
    assertThatThrownBy(() -> SafetyChecker.read(ClipFiles.safetyChecker(checker)))
        .hasMessageContaining("special_care_embeds is missing");
  }

  @Test
  void aPickleIsNotRead() throws IOException {
    Files.move(checker.resolve("model.safetensors"), checker.resolve("pytorch_model.bin"));
    refused("pytorch_model.bin", "pickle", "safetensors");
  }

  @Test
  void aClipThatIsNoClipIsNamed() throws IOException {
    edit(checker.resolve("config.json"), "\"model_type\": \"clip\"", "\"model_type\": \"siglip\"");
    refused("model_type", "siglip", "clip");
  }

  @Test
  void memoryIsThatOfAllWeights() throws IOException {
    ClipFiles files = ClipFiles.safetyChecker(checker);
    long header = 8 + Long.reverseBytes(ByteBuffer.wrap(head()).getLong());
    assertThat(files.bytes()).isEqualTo(Files.size(checker.resolve("model.safetensors")) - header);
  }

  private byte[] head() throws IOException {
    try (var in = Files.newInputStream(checker.resolve("model.safetensors"))) {
      return in.readNBytes(8);
    }
  }

  @Test
  void textsAreRefusedWithoutATextTower() throws IOException {
    try (ClipEmbedder embedder = ClipEmbedder.open(ClipFiles.safetyChecker(checker), engine)) {
      assertThat(embedder.label()).isEqualTo("CLIP ViT-32/8 of safety_checker/");
      assertThatThrownBy(() -> embedder.texts(List.of("a")))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("no text tower");
    }
  }
}
