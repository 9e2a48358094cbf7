package dev.forgetmenot.kit.auto;

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
 */
public record MeasuredCandidate(
    Candidate candidate, PatchDraft draft, EvaluationResult before, EvaluationResult after) {
  /** How far others moved, of 255. */
  public double drift() {
    return after.drift(before);
  }

  @Override
  public String toString() {
    return Message.of(
        "%s: %s; others move by %.1f of 255", candidate, after.since(before), drift());
  }
}
