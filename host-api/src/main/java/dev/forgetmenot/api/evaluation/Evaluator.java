package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.JobContext;
import java.io.IOException;
import java.util.List;
import org.pf4j.ExtensionPoint;

/**
 * Extension point: a group of measures of a patched model beside the original. {@code fmn evaluate}
 * asks every evaluator for its {@link #needs}, prints the plan, draws the images of all, each once,
 * and lets each measure. Called on the thread of the job.
 */
public interface Evaluator extends ExtensionPoint {
  /** Its name on command lines and in reports: lower case, words joined by hyphens. */
  String name();

  /** One sentence for help pages. */
  String summary();

  /** Whether it is run when the user names no evaluators; one that takes very long should not. */
  default boolean byDefault() {
    return true;
  }

  /**
   * What a task takes; milliseconds, without a model.
   *
   * @param task what is evaluated
   */
  Needs needs(EvaluationTask task);

  /**
   * Measures.
   *
   * @param task what is evaluated
   * @param access images, judges and models
   * @param context progress and cancellation
   * @return the numbers, in the order of the report
   * @throws IOException if images or kept results cannot be read or written
   */
  List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException;

  /**
   * What an evaluator takes.
   *
   * @param images what is drawn
   * @param unetEvaluations of batch size 1, beside the drawing
   * @param notTested what of its measures the task leaves out, and why
   */
  record Needs(List<ImageSet> images, long unetEvaluations, List<NotTested> notTested) {
    /** Copies the lists. */
    public Needs {
      images = List.copyOf(images);
      notTested = List.copyOf(notTested);
    }
  }

  /**
   * A line of the report that has no number.
   *
   * @param measure short name
   * @param concept the name of the target; empty for the whole model
   * @param part which images; may be empty
   * @param reason why, as a sentence
   */
  record NotTested(String measure, String concept, String part, String reason) {}
}
