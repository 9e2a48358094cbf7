package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.CorrectionLimits;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.Comparator;

/** How near a candidate's correction comes to what it should do. */
final class CorrectionScore {
  /** Few images are drawn: shares must be clearly good, and a lost image or two is chance. */
  private static final CorrectionLimits LIMITS = new CorrectionLimits(0.58, 0.37, 0.13, 0.04);

  /** Of the images that show an instance: no other should replace the dominant one. */
  private static final double LARGEST = 0.75;

  /** Shares are quotients of counts: a limit that is reached exactly is not passed by rounding. */
  private static final double ROUNDING = 1e-9;

  /** The best first: what settles, then what misses least, then what moves others least. */
  static final Comparator<MeasuredCandidate> BEST =
      Comparator.comparing((MeasuredCandidate candidate) -> !settles(candidate))
          .thenComparingDouble(CorrectionScore::missing)
          .thenComparingDouble(MeasuredCandidate::drift);

  private CorrectionScore() {}

  /** Whether a candidate does all that it should. */
  static boolean settles(MeasuredCandidate candidate) {
    return LIMITS.missed(candidate.before(), candidate.after()).isEmpty()
        && missing(candidate) == 0;
  }

  /** How far a candidate is from what it should do, all limits together; 0 if none is missed. */
  static double missing(MeasuredCandidate candidate) {
    double fall = candidate.before().retainAccuracy() - candidate.after().retainAccuracy();
    double sum = above(fall, LIMITS.others());
    for (int i = 0; i < candidate.after().goals().size(); i++) {
      GoalResult is = candidate.after().goals().get(i);
      GoalResult was = candidate.before().goals().get(i);
      sum += above(is.worstFall(was), LIMITS.ownNames());
      if (is.hasInstances()) {
        sum += above(is.dominantShare(), LIMITS.dominant());
        sum += above(LIMITS.overshadowed(), is.overshadowedShare());
        double shown = is.dominantShare() + is.overshadowedShare();
        sum += shown > 0 ? above(largest(is) / shown, LARGEST) : 0;
        sum += above(EvaluationResult.ONE_OR_TWO, shown);
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
}
