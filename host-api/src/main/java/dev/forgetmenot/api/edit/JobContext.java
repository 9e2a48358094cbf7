package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** How a job reports to its caller, and what it may ask for. */
public interface JobContext {
  /** Reports nothing, is never cancelled, and has neither a classifier nor known concepts. */
  JobContext NONE =
      new JobContext() {
        @Override
        public void progress(String stage, long done, long total) {}

        @Override
        public void say(String line) {}

        @Override
        public boolean cancelled() {
          return false;
        }
      };

  /**
   * The context of a job within a job: it is cancelled when the outer one is and has its classifier
   * and known concepts; it reports nothing, keeps goals to itself and has no checkpoint.
   */
  static JobContext silent(JobContext outer) {
    return (Silent) () -> outer;
  }

  /** The context of a job within a job: all is the outer one's but what is overridden. */
  @FunctionalInterface
  interface Nested extends JobContext {
    /** The context of the job around this one. */
    JobContext outer();

    @Override
    default void progress(String stage, long done, long total) {
      outer().progress(stage, done, total);
    }

    @Override
    default void say(String line) {
      outer().say(line);
    }

    @Override
    default void unfinished(String kept, String option) {
      outer().unfinished(kept, option);
    }

    @Override
    default boolean cancelled() {
      return outer().cancelled();
    }

    @Override
    default void trained(int step, int steps, double loss, double gradientNorm) {
      outer().trained(step, steps, loss, gradientNorm);
    }

    @Override
    default void goal(EditGoal goal) {
      outer().goal(goal);
    }

    @Override
    default Optional<ImageClassifier> judge() {
      return outer().judge();
    }

    @Override
    default KnownConcepts knownConcepts() {
      return outer().knownConcepts();
    }

    @Override
    default List<List<RgbImage>> untouched(DiffusionModel model, List<GenerationRequest> requests)
        throws IOException {
      return outer().untouched(model, requests);
    }

    @Override
    default Optional<Path> checkpoint() {
      return outer().checkpoint();
    }

    @Override
    default boolean resuming() {
      return outer().resuming();
    }
  }

  /** What {@link #silent} gives, for a job that overrides some of it, such as {@link #trained}. */
  @FunctionalInterface
  interface Silent extends Nested {
    @Override
    default void progress(String stage, long done, long total) {}

    @Override
    default void say(String line) {}

    @Override
    default void unfinished(String kept, String option) {}

    @Override
    default void trained(int step, int steps, double loss, double gradientNorm) {}

    @Override
    default void goal(EditGoal goal) {}

    @Override
    default Optional<Path> checkpoint() {
      return Optional.empty();
    }

    @Override
    default boolean resuming() {
      return false;
    }
  }

  /** Says how far a stage has come: {@code done} of {@code total}. */
  void progress(String stage, long done, long total);

  /** Says a line that a user should read. */
  void say(String line);

  /**
   * Says that a job ended before it was done, and how to go on.
   *
   * @param kept what there is to go on from, as a sentence without its full stop
   * @param option of the same command, such as {@code --resume}
   */
  default void unfinished(String kept, String option) {
    say(kept + "; the same command with " + option + " goes on");
  }

  /** Whether the user wants the job to stop; long work asks between steps. */
  boolean cancelled();

  /** Throws when the user wants the job to stop. */
  default void checkCancelled() {
    if (cancelled()) {
      throw new CancellationException("stopped by the user");
    }
  }

  /**
   * Says what a training step did; hosts draw the loss curve from it. Comes beside {@link
   * #progress}.
   *
   * @param step number of the step, from 1
   * @param steps how many there will be at most
   * @param loss before the step
   * @param gradientNorm before the clip
   */
  default void trained(int step, int steps, double loss, double gradientNorm) {}

  /**
   * Says what a correction is about, so that the host can judge it. To be called for each concept
   * of the job before {@link ConceptEditor#edit} returns; a later goal of the same concept takes
   * the place of the earlier.
   */
  default void goal(EditGoal goal) {}

  /** Who can say what images show, if anyone. */
  default Optional<ImageClassifier> judge() {
    return Optional.empty();
  }

  /** What the model is known to draw. */
  default KnownConcepts knownConcepts() {
    return KnownConcepts.EMPTY;
  }

  /**
   * Images of a model that is as it was loaded: a host may keep them for later jobs, so that they
   * are drawn once. On the engine thread.
   *
   * @param model of the job, with no weight replaced
   * @param requests that differ only in prompt, seed and count, each image with its own seed
   * @return the images of each request
   * @throws IOException if images that are kept cannot be read or written
   */
  default List<List<RgbImage>> untouched(DiffusionModel model, List<GenerationRequest> requests)
      throws IOException {
    return model.generate(requests);
  }

  /**
   * The file in which a job may keep its state, to go on after a stop. The job writes it whole
   * (beside and moved into place) every so many steps and when it is stopped; the host deletes it
   * when the patch is written.
   */
  default Optional<Path> checkpoint() {
    return Optional.empty();
  }

  /** Whether the job should go on from {@link #checkpoint}, which is there. */
  default boolean resuming() {
    return false;
  }
}
