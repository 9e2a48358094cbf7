package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.kit.concept.AskedPhrases;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.realsize.ModelSize;
import dev.forgetmenot.testkit.realsize.RandomFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** By what the images of a folder can be judged, and what it is known to draw. */
class FolderJudgesTest {
  private static final Path TINY = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final Path SAFETY = GoldenFolders.inProject("testkit/fixtures/safety");

  @TempDir private Path model;

  @BeforeEach
  void copySafetyChecker() throws IOException {
    for (String name : new String[] {"safety_checker", "feature_extractor"}) {
      Files.createDirectories(model.resolve(name));
      try (var files = Files.list(SAFETY.resolve(name))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.copy(file, model.resolve(name).resolve(file.getFileName()));
        }
      }
    }
  }

  private EvaluationSetup setup(Optional<Path> clip) throws IOException {
    return EvaluationSetup.of(model, clip, Optional.empty());
  }

  @Test
  void withoutAClipTheSafetyCheckerEmbedsImages() throws IOException {
    EvaluationSetup setup = setup(Optional.empty());
    ClipFiles files = setup.embedder();
    assertThat(files.kind()).isEqualTo(ClipFiles.Kind.SAFETY_CHECKER);
    assertThat(files.preprocessor()).isEqualTo(model.resolve("feature_extractor"));
    assertThat(setup.embedderNote().orElseThrow())
        .contains("no clip/", "safety_checker/ (judge B)", "no judge A", "--clip");
  }

  @Test
  void itsImageTowerTakesMemory() throws IOException {
    Files.writeString(model.resolve("concepts.json"), "{\"concepts\": [{\"phrase\": \"a hat\"}]}");
    long tower = ClipFiles.safetyChecker(SAFETY.resolve("safety_checker")).bytes();
    assertThat(setup(Optional.empty()).bytes()).isEqualTo(tower).isPositive();
    assertThat(setup(Optional.empty()).towerBytes()).isEqualTo(tower);
    EvaluationSetup named = setup(Optional.of(TINY.resolve("clip")));
    long clip = ClipFiles.model(TINY.resolve("clip")).bytes();
    assertThat(named.bytes()).isEqualTo(clip);
    assertThat(named.towerBytes()).as("both are loaded").isEqualTo(clip + tower);
  }

  @Test
  void aClipComesFirst() throws IOException {
    EvaluationSetup named = setup(Optional.of(TINY.resolve("clip")));
    assertThat(named.embedder()).isEqualTo(ClipFiles.model(TINY.resolve("clip")));
    assertThat(named.embedderNote()).isEmpty();
    assertThat(named.safetyChecker()).isPresent();
    EvaluationSetup own = EvaluationSetup.of(TINY, Optional.empty(), Optional.empty());
    assertThat(own.embedder().kind()).isEqualTo(ClipFiles.Kind.MODEL);
    assertThat(own.safetyChecker()).isEmpty();
  }

  @Test
  void withoutEitherTheRemedyIsSaid() throws IOException {
    Files.move(model.resolve("safety_checker"), model.resolve("elsewhere"));
    EvaluationSetup setup = setup(Optional.empty());
    assertThatThrownBy(setup::embedder)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither clip/ nor safety_checker/")
        .hasMessageContaining("--clip");
  }

  @Test
  void brokenFilesAreSaidBeforeAnythingIsDrawn() throws IOException {
    Path weights = model.resolve("safety_checker/model.safetensors");
    Files.move(weights, weights.resolveSibling("pytorch_model.bin"));
    EvaluationSetup setup = setup(Optional.empty());
    assertThatThrownBy(setup::embedder)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("pickle");
    EvaluationSetup named = setup(Optional.of(model.resolve("feature_extractor")));
    assertThatThrownBy(named::embedder)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("feature_extractor");
  }

  @ParameterizedTest
  @EnumSource
  @EnabledOnOs(value = OS.LINUX, disabledReason = "its file systems keep no zeros of a hole")
  void theListCoreServesWherePublishedModelsSayNothing(ModelSize size) throws IOException {
    Path folder = model.resolve("published");
    new RandomFolder(size, DType.F16, 1).writeZeros(folder);
    EvaluationSetup setup = EvaluationSetup.of(folder, Optional.empty(), Optional.empty());
    assertThat(setup.complete()).isFalse();
    assertThat(setup.vocabulary().find("sherlock holmes").orElseThrow().kind())
        .isEqualTo(ConceptType.IDENTITY);
    assertThat(setup.vocabulary().ofStyle(true)).hasSizeGreaterThan(30);
    try (ModelOnDisk opened = ModelOnDisk.open(folder)) {
      List<KnownConcepts.Phrase> all = setup.vocabulary().phrases();
      assertThat(AskedPhrases.of(opened.base(), all))
          .as("the text encoders of XL take 1.5 s of two cores for a prompt")
          .hasSize(size == ModelSize.SDXL ? 24 : all.size())
          .contains(all.get(0), all.get(all.size() * 23 / 24));
    }
    assertThat(setup.vocabularyNote().orElseThrow())
        .contains("no concepts.json", "of the list core", "--known-concepts");
    Files.writeString(folder.resolve("concepts.json"), "{\"concepts\": [{\"phrase\": \"a hat\"}]}");
    EvaluationSetup own = EvaluationSetup.of(folder, Optional.empty(), Optional.empty());
    assertThat(own.complete()).isTrue();
    assertThat(own.vocabularyNote()).isEmpty();
    assertThat(own.vocabulary().phrases()).hasSize(1);
  }

  @Test
  void noListServesModelsOfOtherSizes() throws IOException {
    assertThat(VocabularyFile.of(TINY)).isEqualTo(KnownConcepts.EMPTY);
    assertThat(VocabularyFile.of(model)).as("no model at all").isEqualTo(KnownConcepts.EMPTY);
    assertThat(VocabularyFile.isBeside(EmbeddedModel.folder())).isTrue();
    assertThat(EvaluationSetup.of(TINY, Optional.empty(), Optional.empty()).vocabularyNote())
        .isEmpty();
  }
}
