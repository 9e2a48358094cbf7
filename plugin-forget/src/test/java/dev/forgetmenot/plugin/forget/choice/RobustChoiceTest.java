package dev.forgetmenot.plugin.forget.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Choosing by what a concept inversion brings back, on the embedded model. */
class RobustChoiceTest {
  private static final Concept BALL = new Concept("soccer ball", ConceptType.OBJECT);
  private static final String PHRASE = "a soccer ball";
  private static final int IMAGES = 2;

  private static EditedModel edited;

  /** Sees the ball in every second image, and keeps what it saw. */
  private static final class EverySecond implements ImageClassifier {
    final List<RgbImage> images = new ArrayList<>();

    @Override
    public List<String> things() {
      return List.of(PHRASE, "a dog");
    }

    @Override
    public List<String> styles() {
      return List.of();
    }

    @Override
    public List<String> classify(List<RgbImage> some) {
      images.addAll(some);
      return List.of(PHRASE, "a dog");
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> some) {
      throw new IllegalStateException("no styles");
    }
  }

  @BeforeAll
  static void load() throws IOException {
    edited = new EditedModel();
  }

  @AfterAll
  static void close() throws IOException {
    edited.close();
  }

  private static List<RgbImage> drawn(String prompt) {
    StableDiffusion model = edited.model();
    return model
        .engine()
        .call(
            () -> model.generate(GenerationRequest.of(prompt).seeds(5, IMAGES).sampled("ddim", 2)));
  }

  @Test
  void aRecoveryLearnsAndDrawsOnThePatchedModelAndLeavesNothingBehind() throws IOException {
    StableDiffusion model = edited.model();
    List<RgbImage> before = drawn("a photo of " + PHRASE);
    List<Integer> ids = edited.model().tokenIds("<s1>");
    EverySecond judge = new EverySecond();
    Recovery test =
        new Recovery(judge, new Evaluation.Size(IMAGES, 0, 1, 5, 2), 2, JobContext.NONE);
    GoalResult goal =
        new GoalResult(
            EditGoal.forget(BALL),
            new EvaluationResult.Row(PHRASE, before, List.of(PHRASE, PHRASE)),
            List.of(),
            List.of(),
            List.of());
    EvaluationResult base = new EvaluationResult(List.of(goal), List.of());
    PatchDraft draft = edited.edit(new ObliqueEraser(), Map.of("rank", "8"), BALL);
    Count untouched = edited.model().engine().call(() -> test.untouched(base, model));
    Count patched = edited.model().engine().call(() -> test.patched(draft, base, model));
    assertThat(List.of(untouched, patched))
        .as("one of two, as the judge says")
        .containsOnly(new Count(1, IMAGES));
    assertThat(test.line(patched))
        .isEqualTo("a concept inversion of 2 steps brings 1 of 2 images back");
    assertThat(judge.images.get(0).rgb()).isNotEqualTo(judge.images.get(IMAGES).rgb());
    assertThat(drawn("a photo of " + PHRASE)).usingRecursiveComparison().isEqualTo(before);
    assertThat(edited.model().tokenIds("<s1>")).isEqualTo(ids);
  }

  @Test
  void leastRecoveredIsTakenAndOtherwiseTheBest() {
    Comparator<MeasuredCandidate> fewer =
        Comparator.comparing(one -> one.candidate().settings().get("rank"));
    RobustChoice.Asked first = asked("1", 3);
    RobustChoice.Asked less = asked("3", 0);
    RobustChoice.Asked lessAndBetter = asked("2", 0);
    assertThat(RobustChoice.least(List.of(first, less, lessAndBetter), fewer))
        .isSameAs(lessAndBetter.measured());
    assertThat(RobustChoice.least(List.of(first, asked("2", 4)), fewer)).isSameAs(first.measured());
  }

  private static RobustChoice.Asked asked(String rank, int recovered) {
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of("rank", rank));
    return new RobustChoice.Asked(
        new MeasuredCandidate(candidate, null, null, null), new Count(recovered, 8));
  }

  /** Every way of naming is taken away, so that a prompt none of them has goes further. */
  @Test
  void harderProjectorsTakeTheConceptOutOfOtherPromptsToo() throws IOException {
    List<Candidate> harder = RobustChoice.harder(Map.of("guide", "a dog"), ConceptType.OBJECT);
    assertThat(harder).hasSize(3);
    Candidate rece = harder.get(2);
    assertThat(rece.editor().name()).isEqualTo("rece");
    ClosedFormEdit rounds =
        (ClosedFormEdit) edited.edit(rece.editor(), rece.settings(), BALL).edits().get(0);
    ClosedFormEdit once =
        (ClosedFormEdit)
            edited.edit(new UceEraser(), Map.of("guide", "a dog"), BALL).edits().get(0);
    assertThat(rounds.concepts().get(0).target().count())
        .as("what undoes each of 3 rounds is a target too")
        .isEqualTo(4 * once.concepts().get(0).target().count());
    for (Candidate candidate : harder.subList(0, 2)) {
      assertThat(candidate.values().text("guide")).isEqualTo("a dog");
      PatchDraft draft = edited.edit(new ObliqueEraser(), candidate.settings(), BALL);
      assertThat(((ProjectorEdit) draft.edits().get(0)).left().count())
          .isEqualTo(Integer.parseInt(candidate.settings().get("rank")));
    }
  }
}
