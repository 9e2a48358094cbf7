package dev.forgetmenot.editing.training;

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
 * and leave a state every so often and when the user stops them. For the engine thread.
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
    while (done < settings.steps()) {
      stopIfCancelled(done);
      int[] draw = {done * settings.accumulation()};
      TrainingScope.StepReport report = scope.step(manager -> loss.of(manager, draw[0]++));
      boolean first = done == 0;
      done = report.step();
      boolean last = done == settings.steps() || enough.getAsBoolean();
      context.trained(done, settings.steps(), report.loss(), report.gradientNorm());
      context.progress(stage, done, settings.steps());
      if (first || last) {
        context.say(
            String.format(
                Locale.ROOT,
                "step %d: loss %.4g, gradient norm %.4g",
                done,
                report.loss(),
                report.gradientNorm()));
      }
      if (last) {
        break;
      }
      if (done % settings.saveEvery() == 0) {
        save();
      }
    }
    return done;
  }

  private int resume() throws IOException {
    if (!context.resuming() || context.checkpoint().isEmpty()) {
      return 0;
    }
    TrainingScope.Restored restored = scope.restore(context.checkpoint().get(), about);
    context.say("going on behind step " + restored.steps());
    if (!restored.sameThreads()) {
      context.say(
          "the engine has another number of threads than when the state was saved: the result will"
              + " not be the same to the last bit");
    }
    return restored.steps();
  }

  private void stopIfCancelled(int done) throws IOException {
    if (context.cancelled()) {
      if (done > 0) {
        save();
      }
      context.checkCancelled();
    }
  }

  private void save() throws IOException {
    if (context.checkpoint().isPresent()) {
      scope.save(context.checkpoint().get(), about);
    }
  }
}
