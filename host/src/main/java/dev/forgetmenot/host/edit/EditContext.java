package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The context of an edit: that of the command, with a judge, a vocabulary and a checkpoint.
 *
 * @param command who started it
 * @param judge who can say what images show
 * @param vocabulary what the model is known to draw
 * @param checkpoint the file for the state of the job
 * @param resuming whether it is there and should be used
 * @param training is called after each training step
 * @param goals keeps what the editor says that a correction is about
 */
public record EditContext(
    JobContext command,
    Optional<ImageClassifier> judge,
    KnownConcepts vocabulary,
    Optional<Path> checkpoint,
    boolean resuming,
    TrainingListener training,
    Consumer<EditGoal> goals)
    implements JobContext {

  /** A context whose goals are not used. */
  public EditContext(
      JobContext command,
      Optional<ImageClassifier> judge,
      KnownConcepts vocabulary,
      Optional<Path> checkpoint,
      boolean resuming,
      TrainingListener training) {
    this(command, judge, vocabulary, checkpoint, resuming, training, goal -> {});
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
  public void progress(String stage, long done, long total) {
    command.progress(stage, done, total);
  }

  @Override
  public void say(String line) {
    command.say(line);
  }

  @Override
  public void unfinished(String kept, String option) {
    command.unfinished(kept, option);
  }

  @Override
  public boolean cancelled() {
    return command.cancelled();
  }

  @Override
  public void trained(int step, int steps, double loss, double gradientNorm) {
    command.trained(step, steps, loss, gradientNorm);
    training.trained(step, steps, loss, gradientNorm);
  }

  @Override
  public void goal(EditGoal goal) {
    goals.accept(goal);
  }
}
