package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.CorrectionLimits;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.PatchDraft;
import java.util.Comparator;
import java.util.Locale;

/**
 * A candidate and what its correction did.
 *
 * @param before the trial on the base
 * @param after the same trial with the correction
 */
record MeasuredCandidate(
    Candidate candidate, PatchDraft draft, CorrectionResult before, CorrectionResult after)
    implements AutoEditor.Measurement {
  /** Trials are small: shares must be clearly good, and a lost image or two is chance. */
  private static final CorrectionLimits OF_TRIALS = new CorrectionLimits(0.58, 0.37, 0.13, 0.04);

  /** No other instance should take the dominant one's place. */
  private static final double TAKEN_OVER = 0.75;

  /** Shares are quotients of counts: a limit that is reached exactly is not passed by rounding. */
  private static final double ROUNDING = 1e-9;

  /** The best first: what settles, then what misses least, then what moves others least. */
  static final Comparator<MeasuredCandidate> BEST =
      Comparator.comparing((MeasuredCandidate candidate) -> !candidate.settles())
          .thenComparingDouble(MeasuredCandidate::missing)
          .thenComparingDouble(candidate -> candidate.after.drift(candidate.before));

  /** Whether it does all that it should. */
  @Override
  public boolean settles() {
    return OF_TRIALS.missed(before, after).isEmpty() && missing() == 0;
  }

  /** How far it is from what it should do, all limits together; 0 where none is missed. */
  double missing() {
    double sum = above(before.retainAccuracy() - after.retainAccuracy(), OF_TRIALS.others());
    for (int i = 0; i < after.goals().size(); i++) {
      GoalResult is = after.goals().get(i);
      GoalResult was = before.goals().get(i);
      sum += above(is.worstFall(was), OF_TRIALS.ownNames());
      if (is.hasInstances()) {
        sum += above(is.dominantShare(), OF_TRIALS.dominant());
        sum += above(OF_TRIALS.overshadowed(), is.overshadowedShare());
        sum += above(largest(is), TAKEN_OVER);
      }
      for (int k = 0; k < is.similarities().size(); k++) {
        sum += above(is.similarities().get(k), was.similarities().get(k));
      }
    }
    return sum;
  }

  private static double largest(GoalResult goal) {
    return goal.goal().instances().stream().mapToDouble(goal::share).max().orElse(0);
  }

  private static double above(double value, double limit) {
    return value - limit > ROUNDING ? value - limit : 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %s; others move by %.1f of 255",
        candidate,
        after.since(before),
        after.drift(before));
  }
}
