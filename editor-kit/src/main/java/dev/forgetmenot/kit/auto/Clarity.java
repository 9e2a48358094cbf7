package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How clearly the images after an edit show something known; see {@link Coherence}.
 *
 * @param distance how far the images of what is forgotten are from any known thing, as a multiple
 *     of the untouched images' distance, the largest of all concepts; empty where it cannot be
 *     measured, as of styles
 * @param margin by how much these images are nearer to known things than to the concept, the least
 *     of all concepts, in [0, 2]; NaN where {@code distance} is empty
 * @param blurred general words whose images are farther from known things than {@link
 *     Coherence#CLEAR}
 */
public record Clarity(OptionalDouble distance, double margin, List<String> blurred) {
  /** Nothing was measured. */
  public static final Clarity NONE = new Clarity(OptionalDouble.empty(), Double.NaN, List.of());

  /** Copies the list. */
  public Clarity {
    blurred = List.copyOf(blurred);
  }

  /**
   * Of the goals of an evaluation of forgetting; {@link #NONE} of a correction.
   *
   * @param before on the untouched model
   * @param after the same with the edit
   */
  static Clarity of(EvaluationResult before, EvaluationResult after, ImageClassifier judge) {
    if (!before.goals().get(0).goal().forgets()) {
      return NONE; // of a correction: its judge abstains between things
    }
    double distance = Double.NEGATIVE_INFINITY;
    double margin = Double.POSITIVE_INFINITY;
    List<String> blurred = new ArrayList<>();
    for (int i = 0; i < before.goals().size(); i++) {
      GoalResult goal = after.goals().get(i);
      Optional<Coherence> was = coherence(before.goals().get(i), judge);
      Optional<Coherence> is = coherence(goal, judge);
      if (was.isEmpty() || is.isEmpty()) {
        continue;
      }
      double multiple = is.get().relativeTo(was.get());
      if (goal.goal().forgets()) {
        distance = Math.max(distance, multiple);
        margin = Math.min(margin, is.get().margin());
      } else if (multiple > Coherence.CLEAR) {
        blurred.add(goal.name());
      }
    }
    return Double.isFinite(distance)
        ? new Clarity(OptionalDouble.of(distance), margin, blurred)
        : new Clarity(OptionalDouble.empty(), Double.NaN, blurred);
  }

  /** Nothing of a style, which is no thing. */
  private static Optional<Coherence> coherence(GoalResult goal, ImageClassifier judge) {
    EvaluationResult.Row row = goal.general();
    return goal.goal().concept().kind() == ConceptType.STYLE
        ? Optional.empty()
        : Coherence.of(judge, row.images(), row.seen(), goal.name());
  }
}
