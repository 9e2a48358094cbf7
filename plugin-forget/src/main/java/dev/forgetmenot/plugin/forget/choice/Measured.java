package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.PatchDraft;
import java.util.Comparator;
import java.util.Locale;

/**
 * A candidate and what its edit did.
 *
 * @param before the trial on the base
 * @param after the same trial with the edit
 */
record Measured(
    Candidate candidate, PatchDraft draft, EvaluationResult before, EvaluationResult after)
    implements AutoEditor.Measurement {
  /** A sixteenth of a target's images may still be taken for it. */
  private static final double LEFT = 1.0 / 16;

  /** The best first: those that forget, then what keeps most, then what moves least. */
  static final Comparator<Measured> BEST =
      Comparator.comparingDouble((Measured m) -> Math.max(LEFT, m.after.worstLeft()))
          .thenComparingDouble(Measured::lost)
          .thenComparingDouble(Measured::drift);

  /** Share of the others that is no longer recognised; nothing is gained by more than before. */
  double lost() {
    return Math.max(0, before.retainAccuracy() - after.retainAccuracy());
  }

  double drift() {
    return after.drift(before);
  }

  /** Whether there is nothing left to wish for: one image more or less is chance. */
  @Override
  public boolean settles() {
    return after.left() == 0 && before.kept() - after.kept() <= 1;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s: %s; others move by %.1f of 255", candidate, after.since(before), drift());
  }
}
