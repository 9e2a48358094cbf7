package dev.forgetmenot.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.judge.PixelEmbedder;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.unit.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that an evaluator draws with learned tokens while it measures. */
class StoredAccessTest {
  private static final ImageSet ASKED = set("name/hat", "a photo of a hat");
  private static final ImageSet LEARNED = set("learned/hat/seed-1", "a photo of <s1>");
  private static final Judges.Towers EMBEDDER =
      Judges.Towers.of(new PixelEmbedder("0".repeat(64), Map.of()));
  private static final Map<String, float[][]> ONE = Map.of("<s1>", new float[][] {{1, 2}});
  private static final Map<String, float[][]> OTHER = Map.of("<s1>", new float[][] {{1, 3}});

  @TempDir private Path folder;
  private final FakeModel model = new FakeModel();
  private EvaluationRun run;
  private StoredAccess access;

  private static ImageSet set(String id, String prompt) {
    return new ImageSet(
        id,
        id,
        ImageSet.shots(List.of(prompt), new long[] {1, 2}, "a hat", ConceptType.OBJECT),
        false);
  }

  /** Asks for one set and measures nothing. */
  private record Asks() implements Evaluator {
    @Override
    public String name() {
      return "asks";
    }

    @Override
    public String summary() {
      return "";
    }

    @Override
    public Needs needs(EvaluationTask task) {
      return new Needs(List.of(ASKED), 0, List.of());
    }

    @Override
    public List<Measurement> measure(
        EvaluationTask task, EvaluationAccess with, JobContext context) {
      return List.of();
    }
  }

  @BeforeEach
  void draw() throws IOException {
    List<KnownConcepts.Phrase> phrases =
        Stream.of("hat", "cap")
            .map(name -> new KnownConcepts.Phrase(name, "a " + name, ConceptType.OBJECT, ""))
            .toList();
    EvaluationTask task =
        new EvaluationTask(
            List.of(),
            List.of(),
            List.of(),
            new KnownConcepts(phrases, List.of()),
            Optional.empty(),
            List.of(),
            1,
            new EvaluationTask.Seeds(new long[0], new long[0], new long[0], new long[] {7, 8}),
            GenerationRequest.builder("").sampler("ddim").width(1).height(1).build());
    ImageStore store = new ImageStore(folder);
    run = new EvaluationRun(Calibration.all(task), List.of(new Asks()), model, store);
    run.draw(run.plan(Map.of()).units(), JobContext.NONE);
    access = run.access(EMBEDDER);
  }

  private void learn(StoredAccess with) throws IOException {
    with.draw(LEARNED, ModelState.ORIGINAL, ONE, JobContext.NONE);
    with.draw(LEARNED, ModelState.PATCHED, OTHER, JobContext.NONE);
  }

  @Test
  void areInTheReportBesideTheOthersWithWhatTheJudgeSays() throws IOException {
    learn(access);
    List<DrawnSet> drawn = run.drawn(access);
    assertThat(drawn).extracting(DrawnSet::id).containsExactly(ASKED.id(), LEARNED.id());
    for (DrawnShot shot : drawn.get(1).images()) {
      JudgedUnit patched = shot.patched().orElseThrow();
      assertThat(patched.key()).isNotEqualTo(shot.original().key());
      assertThat(patched.answers()).containsOnlyKeys("B");
    }
    assertThat(access.images(LEARNED, ModelState.ORIGINAL).get(0).rgb())
        .isNotEqualTo(access.images(LEARNED, ModelState.PATCHED).get(0).rgb());
  }

  @Test
  void areDrawnOnceForTheSameTokensAndNotTakenForThoseOfOthers() throws IOException {
    learn(access);
    List<String> keys = access.keys(LEARNED, ModelState.ORIGINAL);
    int drawn = model.drawn;
    StoredAccess again = run.access(EMBEDDER);
    learn(again);
    assertThat(model.drawn).isEqualTo(drawn);
    assertThat(again.keys(LEARNED, ModelState.ORIGINAL)).isEqualTo(keys);
    again.draw(LEARNED, ModelState.ORIGINAL, OTHER, JobContext.NONE);
    assertThat(model.drawn).isGreaterThan(drawn);
    assertThat(again.keys(LEARNED, ModelState.ORIGINAL)).doesNotContainAnyElementsOf(keys);
  }

  @Test
  void anotherEvaluatorsSetIsNotDrawnOver() {
    assertThatThrownBy(() -> access.draw(ASKED, ModelState.ORIGINAL, ONE, JobContext.NONE))
        .hasMessageContaining("a set name/hat, which another asked for: give it another id");
  }

  @Test
  void whatIsMadeInAnotherWayIsKeptOnceAndNotTakenForPlainImages() throws IOException {
    ImageMaker.Described white =
        new ImageMaker.Described(
            "white",
            (loaded, requests) ->
                requests.stream().map(one -> new RgbImage(1, 1, new byte[] {-1, -1, -1})).toList());
    List<DrawnImage> made = access.make(ASKED.shots(), ModelState.PATCHED, white, JobContext.NONE);
    assertThat(made).extracting(DrawnImage::shot).isEqualTo(ASKED.shots());
    assertThat(made)
        .extracting(DrawnImage::key)
        .doesNotContainAnyElementsOf(access.keys(ASKED, ModelState.PATCHED));
    assertThat(access.images(made).get(0).rgb()).containsOnly(-1);
    ImageMaker.Described never =
        new ImageMaker.Described(
            "white",
            (loaded, requests) -> {
              throw new AssertionError("it is kept");
            });
    assertThat(access.make(ASKED.shots(), ModelState.PATCHED, never, JobContext.NONE))
        .isEqualTo(made);
    assertThat(access.make(ASKED.shots(), ModelState.PATCHED, ImageMaker.plain(), JobContext.NONE))
        .extracting(DrawnImage::key)
        .isEqualTo(access.keys(ASKED, ModelState.PATCHED));
  }

  @Test
  void keptImagesAreShownAsASetOfBothModels() throws IOException {
    List<DrawnImage> plain =
        access.make(ASKED.shots(), ModelState.ORIGINAL, ImageMaker.plain(), JobContext.NONE);
    List<DrawnImage> patched =
        access.make(ASKED.shots(), ModelState.PATCHED, ImageMaker.plain(), JobContext.NONE);
    ImageSet shown = set("attack/names/hat", "a photo of a hat");
    access.show(shown, plain, patched);
    assertThat(run.drawn(access)).extracting(DrawnSet::id).containsExactly(ASKED.id(), shown.id());
    assertThat(access.keys(shown, ModelState.PATCHED))
        .isEqualTo(patched.stream().map(DrawnImage::key).toList());
  }
}
