package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The context of an edit: that of the command, with a judge, known concepts and a checkpoint.
 *
 * @param outer the context of the command
 * @param judge who can say what images show
 * @param knownConcepts what the model is known to draw
 * @param checkpoint the file for the state of the job
 * @param resuming whether it is there and should be used
 * @param training is called after each training step
 * @param goals keeps what the editor says that a correction is about
 */
public record EditContext(
    JobContext outer,
    Optional<ImageClassifier> judge,
    KnownConcepts knownConcepts,
    Optional<Path> checkpoint,
    boolean resuming,
    TrainingListener training,
    Consumer<EditGoal> goals)
    implements JobContext.Nested {

  /** A context whose goals are not used. */
  public EditContext(
      JobContext outer,
      Optional<ImageClassifier> judge,
      KnownConcepts knownConcepts,
      Optional<Path> checkpoint,
      boolean resuming,
      TrainingListener training) {
    this(outer, judge, knownConcepts, checkpoint, resuming, training, goal -> {});
  }

  /** Called after each training step, on the engine thread. */
  @FunctionalInterface
  public interface TrainingListener {
    /** Does nothing. */
    TrainingListener NONE = (step, steps, loss, gradientNorm) -> {};

    /** See {@link JobContext#trained}. */
    void trained(int step, int steps, double loss, double gradientNorm);
  }

  @Override
  public void trained(int step, int steps, double loss, double gradientNorm) {
    outer.trained(step, steps, loss, gradientNorm);
    training.trained(step, steps, loss, gradientNorm);
  }

  @Override
  public void goal(EditGoal goal) {
    goals.accept(goal);
  }
}
