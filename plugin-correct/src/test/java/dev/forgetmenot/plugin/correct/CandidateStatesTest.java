package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.ONE_ROW;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static dev.forgetmenot.plugin.correct.TinyModel.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two candidates that train are stopped and resumed, each from its own state. */
class CandidateStatesTest {
  private static final int STEPS = 5;

  @TempDir Path folder;
  private TinyModel tiny;

  @BeforeEach
  void load() throws IOException {
    tiny = new TinyModel();
  }

  @AfterEach
  void free() throws IOException {
    tiny.close();
  }

  /** Distils two instances, then the same with other shares; the second is the best. */
  private static final class TwoTrainings extends AutoEditor {
    TwoTrainings() {
      super(Operation.CORRECT, "Trains twice.");
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of();
    }

    private static Candidate distill(EditGoal goal, String balance) {
      Map<String, String> settings =
          with(
              with(ONE_ROW, "dominant", "lion", "balance", balance, "steps", STEPS + ""),
              "num-images",
              "1",
              "train-batch-size",
              "1",
              "eval-images",
              "4",
              "eval-steps",
              "1");
      return new Candidate(new Distillation(), settings, List.of(goal));
    }

    @Override
    protected Search search(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      EditGoal goal = new EditGoal(ANIMAL, List.of("a lion", "a bear"), List.of());
      return new Search(
          List.of(distill(goal, "lion=1,bear=1"), distill(goal, "lion=1,bear=3")),
          Evaluation.of(List.of(goal), VOCABULARY, new Evaluation.Size(2, 0, 1, 7, 1)));
    }

    @Override
    protected boolean settles(MeasuredCandidate candidate) {
      return false;
    }

    @Override
    protected Comparator<MeasuredCandidate> best() {
      return Comparator.comparing(m -> !m.candidate().toString().contains("bear=3"));
    }

    @Override
    protected JobContext contextOfCandidates(JobContext context) {
      return context;
    }
  }

  private static Listener listener() {
    return new Listener(VOCABULARY)
        .judgedBy(
            new RuledJudge(
                List.of("a lion", "a bear"), images -> Collections.nCopies(images, "a lion")));
  }

  private PatchDraft edit(Listener context) throws IOException {
    return tiny.edit(new TwoTrainings(), Map.of(), context, ANIMAL);
  }

  @Test
  void aJobThatWasStoppedInTheSecondGoesOnThere() throws IOException {
    Path state = folder.resolve("a.checkpoint");
    PatchDraft whole = edit(listener());
    Listener stopped = listener().stoppingAfter(STEPS + 2, state);
    assertThatThrownBy(() -> edit(stopped)).isInstanceOf(CancellationException.class);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("a.checkpoint.1", "a.checkpoint.2");
    }
    Listener resumed = listener().resuming(state);
    PatchDraft draft = edit(resumed);
    assertThat(resumed.said).contains("resuming after step 5", "resuming after step 2");
    assertThat(resumed.losses).as("steps that were left").hasSize(STEPS - 2);
    assertThat(draft.recipe().parameters()).isEqualTo(whole.recipe().parameters());
    assertThat(draft.recipe().steps()).isEqualTo(STEPS);
  }

  @Test
  void aJobThatBeginsAnewLeavesNoOldStates() throws IOException {
    Path state = folder.resolve("a.checkpoint");
    Path old = Files.writeString(folder.resolve("a.checkpoint.2"), "of an earlier job");
    assertThatThrownBy(() -> edit(listener().stoppingAfter(2, state)))
        .isInstanceOf(CancellationException.class);
    assertThat(folder.resolve("a.checkpoint.1")).exists();
    assertThat(old).doesNotExist();
  }
}
