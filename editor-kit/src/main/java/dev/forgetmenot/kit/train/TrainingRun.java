package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.training.TrainingScope;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The steps of a job: they go on from a state that an earlier job has left, say how they come on,
 * and leave a state every so often, when the user or a failure ends them and behind the last step,
 * so that whatever happens to the result later, the training is not lost. For the engine thread.
 *
 * @param scope where is trained; not closed here
 * @param settings how long
 * @param context who started it
 * @param about what must be the same for a state to be taken up
 */
public record TrainingRun(
    TrainingScope scope,
    OptimizerSettings settings,
    JobContext context,
    Map<String, String> about) {
  /** The note of a state behind which nothing is to be done: what the training was to reach. */
  private static final String ENOUGH = "enough";

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

  /**
   * Runs.
   *
   * @param stage what is done, for the progress
   * @param enough asked after each step; true ends the training early
   * @return steps that are done
   * @throws CancellationException if the user stopped it; the state is saved then
   * @throws IOException if a state cannot be written, or is of another training
   */
  public int run(String stage, Loss loss, BooleanSupplier enough) throws IOException {
    int done = resume();
    boolean last = goal().equals(scope.notes().remove(ENOUGH));
    SaveTimes times = new SaveTimes(settings.saveEvery());
    while (!last && done < settings.steps()) {
      try {
        context.checkCancelled();
        TrainingScope.StepReport report = step(loss, done);
        boolean reached = enough.getAsBoolean();
        last = reached || report.step() == settings.steps();
        say(stage, report, done == 0 || last);
        done = report.step();
        if (reached) {
          scope.notes().put(ENOUGH, goal());
        }
      } catch (RuntimeException | Error e) {
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
    int[] draw = {done * settings.accumulation()};
    return scope.step(manager -> loss.of(manager, draw[0]++));
  }

  private void say(String stage, TrainingScope.StepReport report, boolean aloud) {
    context.trained(report.step(), settings.steps(), report.loss(), report.gradientNorm());
    context.progress(stage, report.step(), settings.steps());
    if (aloud) {
      context.say(
          String.format(
              Locale.ROOT,
              "step %d: loss %.4g, gradient norm %.4g",
              report.step(),
              report.loss(),
              report.gradientNorm()));
    }
  }

  /** What ends the training early: it may be another one when the training goes on. */
  private String goal() {
    return "stop-below " + settings.values().find("stop-below").orElse("");
  }

  private int resume() throws IOException {
    if (!context.resuming() || context.checkpoint().isEmpty()) {
      return 0;
    }
    TrainingScope.Restored restored = scope.restore(context.checkpoint().get(), about);
    context.say("going on behind step " + restored.steps());
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
