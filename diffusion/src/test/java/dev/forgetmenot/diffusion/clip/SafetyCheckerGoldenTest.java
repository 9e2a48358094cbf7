package dev.forgetmenot.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Preprocessing, embeddings and verdicts against diffusers' StableDiffusionSafetyChecker, in the
 * folder {@code safety} of {@code fmn.golden.dir}.
 */
class SafetyCheckerGoldenTest {
  private static final double TOLERANCE = 1e-5;
  private static final Path FOLDER = GoldenFolders.folder("safety");
  private static final ClipFiles FILES = ClipFiles.safetyChecker(FOLDER.resolve("safety_checker"));

  private static EngineThread engine;
  private static GoldenTensors golden;
  private static List<RgbImage> images;
  private static float[][] embeddings;
  private static SafetyChecker checker;

  @BeforeAll
  static void embed() throws IOException {
    engine = EngineThread.start("cpu");
    golden = new GoldenTensors(FOLDER.resolve("safety.safetensors"));
    images = new ArrayList<>();
    while (golden.has("image." + images.size())) {
      images.add(ClipGoldenTest.image(golden.get("image." + images.size())));
    }
    checker = SafetyChecker.read(FILES);
    try (ClipEmbedder embedder = ClipEmbedder.open(FILES, engine)) {
      embeddings = embedder.images(images);
      assertThat(embedder.readsTexts()).isFalse();
      assertThat(embedder.digest()).isEqualTo(FILES.digest()).matches("[0-9a-f]{64}");
    }
  }

  @AfterAll
  static void close() {
    golden.close();
    engine.close();
  }

  @Test
  void pixelsAreThoseOfTheFeatureExtractor() throws IOException {
    ClipImageProcessor processor =
        new ClipImageProcessor(PreprocessorConfig.read(FILES.preprocessor()));
    float[] pixels =
        engine.call(
            () -> {
              try (NDManager manager = engine.newManager();
                  NDArray array = processor.process(manager, images)) {
                return array.toFloatArray();
              }
            });
    near(pixels, "pixel_values");
  }

  @Test
  void embeddingsAreThoseOfTheVisionTower() {
    float[] expected = golden.floats("image_embeds");
    int width = expected.length / images.size();
    for (int i = 0; i < images.size(); i++) {
      double squares = 0;
      for (int j = 0; j < width; j++) {
        squares += (double) expected[i * width + j] * expected[i * width + j];
      }
      for (int j = 0; j < width; j++) {
        double unit = expected[i * width + j] / Math.sqrt(squares);
        assertThat((double) embeddings[i][j]).isCloseTo(unit, within(TOLERANCE));
      }
    }
  }

  @Test
  void cosinesAreThoseOfTheConcepts() {
    near(joined(checker::conceptCosines), "concept_cosine");
    near(joined(checker::specialCareCosines), "special_care_cosine");
  }

  @Test
  void verdictsAreThoseOfDiffusers() throws IOException {
    JsonElement json = JsonParser.parseString(Files.readString(FOLDER.resolve("safety.json")));
    List<Boolean> expected =
        json.getAsJsonObject().getAsJsonArray("nsfw").asList().stream()
            .map(JsonElement::getAsBoolean)
            .toList();
    assertThat(checker.verdicts(embeddings))
        .extracting(SafetyVerdict::flagged)
        .containsExactlyElementsOf(expected);
  }

  /** The scores by the rule in the note of safety.json, from the reference's own cosines. */
  @Test
  void scoresAreRoundedAndSpecialCareLowersTheThreshold() throws IOException {
    float[] special = golden.floats("special_care_cosine");
    float[] concepts = golden.floats("concept_cosine");
    try (GoldenTensors weights = new GoldenTensors(FILES.folder().resolve("model.safetensors"))) {
      float[] specialThresholds = weights.floats("special_care_embeds_weights");
      float[] thresholds = weights.floats("concept_embeds_weights");
      List<SafetyVerdict> verdicts = checker.verdicts(embeddings);
      for (int i = 0; i < images.size(); i++) {
        double adjustment = 0;
        for (int j = 0; j < 3; j++) {
          double score = special[3 * i + j] - specialThresholds[j] + adjustment;
          assertThat((double) verdicts.get(i).specialCare().get(j)).isCloseTo(score, within(6e-4));
          adjustment = Math.rint(1000 * score) > 0 ? 0.01 : adjustment;
        }
        for (int j = 0; j < 17; j++) {
          double score = concepts[17 * i + j] - thresholds[j] + adjustment;
          float found = verdicts.get(i).concepts().get(j);
          assertThat((double) found).isCloseTo(score, within(6e-4));
          assertThat(verdicts.get(i).found().contains(j)).isEqualTo(found > 0);
          assertThat(Math.abs(1000 * found - Math.round(1000 * found))).isLessThan(1e-4f);
        }
      }
    }
  }

  private static float[] joined(java.util.function.UnaryOperator<float[]> cosines) {
    List<Float> all = new ArrayList<>();
    for (float[] image : embeddings) {
      for (float cosine : cosines.apply(image)) {
        all.add(cosine);
      }
    }
    float[] flat = new float[all.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = all.get(i);
    }
    return flat;
  }

  private static void near(float[] found, String name) {
    double error = Errors.ofLargest(found, golden.floats(name));
    Errors.print(FOLDER, name, error);
    assertThat(error).as(name).isLessThanOrEqualTo(TOLERANCE);
  }
}
