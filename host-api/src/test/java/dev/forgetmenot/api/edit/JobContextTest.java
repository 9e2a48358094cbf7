package dev.forgetmenot.api.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class JobContextTest {
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          List.of(new KnownConcepts.Phrase("fox", "a fox", ConceptType.OBJECT, "animal")),
          List.of());

  /** A context that notes what it is told. */
  private static final class Outer implements JobContext {
    private final List<String> told = new ArrayList<>();
    private boolean cancelled;

    @Override
    public void progress(String stage, long done, long total) {
      told.add(stage);
    }

    @Override
    public void say(String line) {
      told.add(line);
    }

    @Override
    public void trained(int step, int steps, double loss, double gradientNorm) {
      told.add("step " + step);
    }

    @Override
    public void goal(EditGoal goal) {
      told.add("goal");
    }

    @Override
    public boolean cancelled() {
      return cancelled;
    }

    @Override
    public KnownConcepts knownConcepts() {
      return WORDS;
    }

    @Override
    public Optional<Path> checkpoint() {
      return Optional.of(Path.of("outer.ckpt"));
    }
  }

  private static void tell(JobContext context) {
    context.progress("stage", 1, 2);
    context.say("line");
    context.unfinished("kept", "--resume");
    context.trained(1, 2, 0.5, 1);
    context.goal(new EditGoal(new Concept("a bear", ConceptType.OBJECT), List.of(), List.of()));
  }

  @Test
  void aSilentContextReportsNothingAndIsCancelledWithTheOuterOne() {
    Outer outer = new Outer();
    JobContext silent = JobContext.silent(outer);
    tell(silent);
    assertThat(outer.told).isEmpty();
    assertThat(silent.knownConcepts()).isSameAs(WORDS);
    assertThat(silent.checkpoint()).isEmpty();
    assertThatCode(silent::checkCancelled).doesNotThrowAnyException();
    outer.cancelled = true;
    assertThatThrownBy(silent::checkCancelled).isInstanceOf(CancellationException.class);
    tell(outer);
    assertThat(outer.told).hasSize(5);
  }

  @Test
  void noneIsNeverCancelled() {
    tell(JobContext.NONE);
    assertThat(JobContext.NONE.cancelled()).isFalse();
    assertThat(JobContext.NONE.judge()).isEmpty();
    assertThat(JobContext.NONE.knownConcepts()).isSameAs(KnownConcepts.EMPTY);
  }
}
