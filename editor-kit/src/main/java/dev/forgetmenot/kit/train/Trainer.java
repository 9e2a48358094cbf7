package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;

/**
 * Trains, for editors and for textual inversion: resumes from the state that an earlier job saved,
 * reports each step, and saves a state every so many steps, after the last one, and when the user
 * or an error ends the training, so that it is not lost. For the engine thread.
 *
 * @param scope what is trained; not closed here
 * @param plan how long
 * @param context of the job: its checkpoint file, its cancellation, its reports
 * @param about settings that must be equal for a state to be resumed
 * @param today turns the {@code about} of a state that an earlier release wrote into that of today
 */
public record Trainer(
    TrainingScope scope,
    Plan plan,
    JobContext context,
    Map<String, String> about,
    UnaryOperator<Map<String, String>> today) {
  /** The note of a state after which nothing is to be done: what the training was to reach. */
  private static final String ENOUGH = "enough";

  /**
   * How long is trained.
   *
   * @param steps optimizer steps, at least 1
   * @param accumulation batches of one step, at least 1
   * @param saveEvery steps between two saved states, at least 1; fewer where steps are slow
   * @param goal what {@link AfterStep#enough} waits for, in words; a state that reached it is not
   *     trained further unless a later job has another goal
   */
  public record Plan(int steps, int accumulation, int saveEvery, String goal) {}

  /** Makes a loss. */
  @FunctionalInterface
  public interface Loss {
    /**
     * The loss of a batch, (), of the manager.
     *
     * @param draw number of the batch, from 0
     */
    NDArray of(NDManager manager, int draw);
  }

  /** What happens after each step. */
  @FunctionalInterface
  public interface AfterStep {
    /** Does nothing and goes on to the last step. */
    AfterStep NOTHING = report -> false;

    /**
     * Called when the step counts and is reported.
     *
     * @return true to end the training early
     * @throws IOException to end it with this error; the state is saved
     * @throws CancellationException to stop it; the state is saved
     */
    boolean enough(TrainingScope.StepReport report) throws IOException;
  }

  /**
   * Runs.
   *
   * @param stage what is done, for the progress
   * @return steps that are done, those of a resumed state included
   * @throws CancellationException if the user stopped it; the state is saved
   * @throws IOException if a state cannot be written, or is of another training
   */
  public int run(String stage, Loss loss, AfterStep after) throws IOException {
    int done = resume();
    boolean last = plan.goal().equals(scope.notes().remove(ENOUGH));
    SaveTimes times = new SaveTimes(plan.saveEvery());
    while (!last && done < plan.steps()) {
      try {
        context.checkCancelled();
        TrainingScope.StepReport report = step(loss, done);
        context.trained(report.step(), plan.steps(), report.loss(), report.gradientNorm());
        context.progress(stage, report.step(), plan.steps());
        boolean reached = after.enough(report);
        last = reached || report.step() == plan.steps();
        if (done == 0 || last) {
          say(report);
        }
        done = report.step();
        if (reached) {
          scope.notes().put(ENOUGH, plan.goal());
        }
      } catch (IOException | RuntimeException | Error e) {
        saveBecauseOf(e);
        throw e;
      }
      if (last || times.due(done)) {
        save();
        times.saved();
      }
    }
    return done;
  }

  private TrainingScope.StepReport step(Loss loss, int done) {
    int[] draw = {done * plan.accumulation()};
    return scope.step(manager -> loss.of(manager, draw[0]++));
  }

  private void say(TrainingScope.StepReport report) {
    context.say(
        Message.of(
            "step %d: loss %.4g, gradient norm %.4g",
            report.step(), report.loss(), report.gradientNorm()));
  }

  private int resume() throws IOException {
    if (!context.resuming() || context.checkpoint().isEmpty()) {
      return 0;
    }
    TrainingScope.Restored restored = scope.restore(context.checkpoint().get(), about, today);
    context.say("resuming after step " + restored.steps());
    for (String difference : restored.differences()) {
      context.say(difference + ": the result may differ in the last bits");
    }
    return restored.steps();
  }

  /** Numbers that are not finite would come again; all else need not. */
  private void saveBecauseOf(Throwable failure) {
    if (!(failure instanceof ArithmeticException)) {
      try {
        save();
      } catch (IOException | RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void save() throws IOException {
    if (context.checkpoint().isPresent() && scope.steps() > 0) {
      scope.save(context.checkpoint().get(), about);
    }
  }
}
