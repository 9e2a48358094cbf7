package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.patch.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would fail when the patch is written fails before the first step. */
class PreflightTest extends OnTinyModel {
  private static final long GIB = 1L << 30;

  private Path patch;

  @BeforeEach
  void name() throws IOException {
    patch = Files.createDirectory(folder.resolve("out")).resolve("a.fmnpatch");
  }

  private EditRequest order(String method, Map<String, String> given, String author) {
    ConceptEditor editor = plugins.editor(ConceptEditor.Operation.FORGET, method).orElseThrow();
    return new EditRequest(
        editor,
        List.of(new Concept("ball", ConceptType.OBJECT)),
        Settings.of(editor.parameters(), given),
        patch,
        EvaluationSetup.NONE,
        ReportSize.NONE,
        false,
        new Authorship(
            List.of(author),
            "",
            "1.0.0",
            Manifest.Stacking.NONE,
            Optional.empty(),
            Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "resteer,concept-directions",
    "resteer,cross-attention",
    "resteer,unet",
    "resteer,lora",
    "esd,unet"
  })
  void aPatchOfTheRightShapesIsWrittenReadAndDeleted(String method, String trainable)
      throws IOException {
    Map<String, String> given = Map.of("trainable", trainable, "fp16", "true");

    List<String> lines = new Preflight(order(method, given, "Ann"), 0).run(model);

    assertThat(lines.get(0)).contains("needs about ", " are free");
    assertThat(lines.get(1)).contains("the patch has about ", "the state of the training ");
    try (var files = Files.list(patch.getParent())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aSolvedMethodIsTriedToo() throws IOException {
    assertThat(new Preflight(order("closed-form", Map.of(), "Ann"), 0).run(model).get(1))
        .doesNotContain("state of the training");
  }

  @Test
  void whatTheStrictReaderRefusesIsRefusedBeforeTheFirstStep() throws IOException {
    JobContext never =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public void progress(String stage, long done, long total) {
            throw new AssertionError("work began: " + stage);
          }
        };
    EditRequest order =
        order("resteer", Map.of("no-real-image", "true", "steps", "2"), "x".repeat(10_000));

    assertThatThrownBy(() -> new EditJob(never).run(model, order, Optional.empty()))
        .hasMessageContaining("FMN-204");
  }

  @Test
  void imagesAndTheirJudgeCountWhereTheyTakeMoreThanTheEdit() {
    MemoryNeed edit = new MemoryNeed(GIB, GIB, 2 * GIB, GIB, GIB, 0);
    assertThat(edit.total()).isEqualTo(6 * GIB);
    assertThat(new MemoryNeed(GIB, GIB, 2 * GIB, GIB, GIB, 3 * GIB).total()).isEqualTo(6 * GIB);
    assertThat(new MemoryNeed(GIB, GIB, 2 * GIB, GIB, GIB, 7 * GIB).total()).isEqualTo(9 * GIB);
  }

  @Test
  void theHeapCountsAsFarAsItMayGrow() {
    MemoryModel usual = MemoryModel.of(model.model());
    MemoryModel small =
        new MemoryModel(usual.base(), usual.pixels(), usual.sites(), GIB / 16, usual.held());
    MemoryModel large =
        new MemoryModel(usual.base(), usual.pixels(), usual.sites(), 4 * GIB, usual.held());
    assertThat(
            large.training(0, false, 1, false, 1).total()
                - small.training(0, false, 1, false, 1).total())
        .isBetween(GIB / 8, GIB);
    assertThat(large.solution(name -> true).total())
        .isGreaterThan(small.solution(name -> true).total());
  }

  @Test
  void weightsInHalfPrecisionAndSmallerImagesTakeLess() {
    MemoryModel usual = MemoryModel.of(model.model());
    MemoryModel half =
        new MemoryModel(usual.base(), usual.pixels(), usual.sites(), GIB, WeightPrecision.HALF);
    assertThat(half.images(64, 64).images()).isLessThan(usual.images(64, 64).images());
    assertThat(half.training(0, false, 1, true, 1).weights())
        .isLessThan(half.training(0, false, 1, false, 1).weights())
        .isLessThan(usual.training(0, false, 1, true, 1).weights());
    assertThat(4 * usual.training(0, false, 1, true, 0.25).passes())
        .isCloseTo(usual.training(0, false, 1, true, 1).passes(), within(4L));
  }

  @Test
  void whatDoesNotFitIntoTheMemoryIsRefusedWithTheNumbers() {
    MemoryNeed need = new MemoryNeed(GIB, 0, 4 * GIB, 10 * GIB, 2 * GIB, 5 * GIB);
    MemoryFacts small =
        new MemoryFacts(GIB, 0, OptionalLong.of(GIB), OptionalLong.empty(), 16 * GIB, 9 * GIB);

    assertThat(need.line(small)).contains("needs about 18.3 GB", "10.7 GB are free");
    assertThatThrownBy(() -> need.check(small, "x --trainable cross-attention"))
        .hasMessageContaining("--trainable cross-attention");
  }
}
