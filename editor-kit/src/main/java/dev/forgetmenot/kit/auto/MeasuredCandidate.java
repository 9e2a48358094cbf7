package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.PatchDraft;

/**
 * A candidate and what its edit did; its text says both.
 *
 * @param candidate what was tried
 * @param draft what it made
 * @param before the evaluation of the base
 * @param after the same evaluation with the edit
 * @param clarity of the images after the edit
 */
public record MeasuredCandidate(
    Candidate candidate,
    PatchDraft draft,
    EvaluationResult before,
    EvaluationResult after,
    Clarity clarity) {
  /** Whose clarity was not measured. */
  public MeasuredCandidate(
      Candidate candidate, PatchDraft draft, EvaluationResult before, EvaluationResult after) {
    this(candidate, draft, before, after, Clarity.NONE);
  }

  /** With the clarity that a judge measures. */
  static MeasuredCandidate of(
      Candidate candidate,
      PatchDraft draft,
      EvaluationResult before,
      EvaluationResult after,
      ImageClassifier judge) {
    return new MeasuredCandidate(candidate, draft, before, after, Clarity.of(before, after, judge));
  }

  /** How far others moved, of 255. */
  public double drift() {
    return after.drift(before);
  }

  @Override
  public String toString() {
    String coherent =
        clarity.distance().isPresent()
            ? Message.of(
                "; distance to the nearest thing %.2f ×, nearer to it by %.3f",
                clarity.distance().getAsDouble(), clarity.margin())
            : "";
    String unclear =
        clarity.blurred().isEmpty() ? "" : "; not clear: " + String.join(", ", clarity.blurred());
    return Message.of(
        "%s: %s%s%s; others move by %.1f of 255",
        candidate, after.since(before), coherent, unclear, drift());
  }
}
