package dev.forgetmenot.api.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pf4j.ExtensionPoint;

/**
 * Extension point: a way to bring back what a patch made a model forget. The evaluator {@code
 * attacks} runs it several times: against the patched model, against the original for the same
 * concept (ceiling), and against the patched model for concepts that no model here ever knew
 * (floor). An attack does not know which of them it is in; it tries to make images of the concept
 * of its {@link AttackRun}. Called on the thread of the job.
 */
public interface Attack extends ExtensionPoint {
  /** What an attacker must have. */
  enum Access {
    /** Prompts and seeds. */
    TEXT,
    /** Text embeddings or latents, and gradients to them. */
    EMBEDDINGS,
    /** The weights, to change them. */
    WEIGHTS;

    /** The word of tables. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Its name on command lines and in reports: lower case, words joined by hyphens. */
  String name();

  /** One sentence for help pages. */
  String summary();

  /** What the attacker must have. */
  Access access();

  /** Whether it is fitted to the model that it attacks; else it is the same for all models. */
  boolean adaptive();

  /** Whether it is run when the user names no attacks. */
  default boolean byDefault() {
    return true;
  }

  /** Whether it trains all weights of the UNet, so that there must be memory for that. */
  default boolean trainsWeights() {
    return false;
  }

  /**
   * Raised when other results come from the same settings: what was kept of an older one is then
   * not used.
   */
  default int version() {
    return 1;
  }

  /**
   * What one run takes; milliseconds, without a model.
   *
   * @param aim the concept
   * @param task what is evaluated
   * @param budget how much work
   * @param trials how many seeds the run has
   */
  Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials);

  /**
   * Attacks. What it learned or searched is kept by the caller once it returns; an attack of
   * minutes keeps what it has so far in {@link AttackRun#folder}.
   *
   * @param run the concept, the model and what may be used
   * @return one row for each part; the parts are the same in all runs of a budget
   * @throws IOException if images or kept results cannot be read or written
   */
  List<AttackRow> run(AttackRun run) throws IOException;

  /**
   * What a run takes.
   *
   * @param images that are drawn with the settings of the task, candidates included
   * @param unetEvaluations of batch size 1 beside them; a gradient to the text counts 2, one to the
   *     UNet's weights 3
   * @param notTested why it can do nothing with the concept, as a sentence
   */
  record Plan(long images, long unetEvaluations, Optional<String> notTested) {
    /** A plan of an attack that is run. */
    public static Plan of(long images, long unetEvaluations) {
      return new Plan(images, unetEvaluations, Optional.empty());
    }

    /** The plan of one that is not. */
    public static Plan none(String reason) {
      return new Plan(0, 0, Optional.of(reason));
    }

    /** All UNet evaluations, with those of the images: two for each step, as guidance takes. */
    public long all(EvaluationTask task) {
      return unetEvaluations + images * 2 * task.settings().steps();
    }
  }
}
