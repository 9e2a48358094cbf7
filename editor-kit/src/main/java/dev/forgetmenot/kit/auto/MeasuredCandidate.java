package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.PatchDraft;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A candidate and what its edit did; its text says both.
 *
 * @param candidate what was tried
 * @param draft what it made
 * @param before the evaluation of the base
 * @param after the same evaluation with the edit
 * @param coherence how far the images of what is forgotten are from any known thing, as a multiple
 *     of the untouched images' distance, the largest of all things; see {@link
 *     Coherence#relativeTo}; empty where it cannot be measured, as of styles
 */
public record MeasuredCandidate(
    Candidate candidate,
    PatchDraft draft,
    EvaluationResult before,
    EvaluationResult after,
    OptionalDouble coherence) {
  /** Without coherence. */
  public MeasuredCandidate(
      Candidate candidate, PatchDraft draft, EvaluationResult before, EvaluationResult after) {
    this(candidate, draft, before, after, OptionalDouble.empty());
  }

  /** With the coherence that a judge measures. */
  static MeasuredCandidate of(
      Candidate candidate,
      PatchDraft draft,
      EvaluationResult before,
      EvaluationResult after,
      ImageClassifier judge) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < before.goals().size(); i++) {
      EditGoal goal = before.goals().get(i).goal();
      if (goal.forgets() && goal.concept().kind() != ConceptType.STYLE) { // a style is no thing
        Optional<Coherence> was = coherence(before.goals().get(i), judge);
        Optional<Coherence> is = coherence(after.goals().get(i), judge);
        if (was.isPresent() && is.isPresent()) {
          largest = Math.max(largest, is.get().relativeTo(was.get()));
        }
      }
    }
    return new MeasuredCandidate(
        candidate,
        draft,
        before,
        after,
        Double.isFinite(largest) ? OptionalDouble.of(largest) : OptionalDouble.empty());
  }

  private static Optional<Coherence> coherence(GoalResult goal, ImageClassifier judge) {
    EvaluationResult.Row row = goal.general();
    return Coherence.of(judge, row.images(), row.seen(), goal.name());
  }

  /** How far others moved, of 255. */
  public double drift() {
    return after.drift(before);
  }

  @Override
  public String toString() {
    String coherent =
        coherence.isPresent()
            ? Message.of("; distance to the nearest thing %.2f ×", coherence.getAsDouble())
            : "";
    return Message.of(
        "%s: %s%s; others move by %.1f of 255", candidate, after.since(before), coherent, drift());
  }
}
