package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A correction is judged by the goal of the candidate that is chosen, not of the one tried last.
 */
class ChosenGoalTest {
  private static final Concept WORD = new Concept("an animal", ConceptType.OBJECT);
  private static final EditGoal THREE =
      new EditGoal(WORD, List.of("a lion", "a bear", "a dog"), List.of());
  private static final EditGoal TWO =
      new EditGoal(WORD, List.of("a lion", "a bear"), List.of(), List.of("a dog"));

  /** Tries all three instances, then two; most instances are the best. */
  private static final class MostInstances extends AutoEditor {
    MostInstances() {
      super(Operation.CORRECT, "Tries three instances, then two.");
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of();
    }

    private static Candidate balance(EditGoal goal) {
      String balance = String.join(",", goal.instances());
      Map<String, String> settings =
          Map.of("dominant", "lion", "balance", balance, "eval-images", "4", "eval-steps", "1");
      return new Candidate(new Balance(), settings, List.of(goal));
    }

    @Override
    protected Search search(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      Evaluation.Size size = new Evaluation.Size(4, 0, 1, 7, 1);
      return new Search(
          List.of(balance(THREE), balance(TWO)),
          Evaluation.of(List.of(THREE), context.knownConcepts(), size));
    }

    @Override
    protected boolean settles(MeasuredCandidate candidate) {
      return CorrectionScore.settles(candidate);
    }

    @Override
    protected Comparator<MeasuredCandidate> best() {
      return Comparator.comparing(m -> -m.candidate().goals().get(0).instances().size());
    }

    @Override
    protected JobContext contextOfCandidates(JobContext context) {
      return context;
    }
  }

  @Test
  void theGoalOfTheChosenCandidateIsSaidLast() throws IOException {
    Listener context = new Listener(VOCABULARY);
    context.judgedBy(
        new RuledJudge(THREE.instances(), images -> Collections.nCopies(images, "a lion")));
    try (TinyModel tiny = new TinyModel()) {
      PatchDraft draft = tiny.edit(new MostInstances(), Map.of(), context, ANIMAL);
      assertThat(draft.recipe().parameters()).containsEntry("balance", "a lion\na bear\na dog");
      EditGoal second = new EditGoal(WORD, TWO.instances(), List.of()); // as its editor says it
      assertThat(context.goals).containsExactly(THREE, second, THREE);
    }
  }

  @Test
  void eachCandidateOfACorrectionHasItsOwnGoal() {
    AutoCorrector auto = new AutoCorrector();
    Settings values = Settings.of(auto.parameters(), Map.of("dominant", "lion"));
    assertThat(AutoCorrector.candidates(THREE, values))
        .extracting(Candidate::goals)
        .containsExactly(List.of(THREE), List.of(THREE), List.of(TWO));
  }
}
