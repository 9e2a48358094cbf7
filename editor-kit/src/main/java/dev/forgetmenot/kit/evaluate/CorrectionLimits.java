package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What a correction should reach, and what it may cost; all in [0, 1].
 *
 * @param dominant the dominant instance should show in less than this share of the general word
 * @param overshadowed the other instances together should show in more than this share
 * @param ownNames how far recognition under an own name may fall
 * @param others how far the recognition of others may fall
 */
public record CorrectionLimits(
    double dominant, double overshadowed, double ownNames, double others) {
  /** Under 60 %, over 35 %, 10 points, 3 points. */
  public static final CorrectionLimits DEFAULT = new CorrectionLimits(0.60, 0.35, 0.10, 0.03);

  /** Shares are quotients of counts: a limit that is reached exactly is not passed by rounding. */
  private static final double ROUNDING = 1e-9;

  /** A sentence for each limit that is missed; empty where all are kept. */
  public List<String> missed(EvaluationResult before, EvaluationResult after) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < after.goals().size(); i++) {
      ofGoal(before.goals().get(i), after.goals().get(i), sentences);
    }
    double fall = before.retainAccuracy() - after.retainAccuracy();
    if (fall > others + ROUNDING) {
      sentences.add(
          Message.of(
              "the recognition of others falls by %.1f points (at most %.0f)",
              100 * fall, 100 * others));
    }
    return sentences;
  }

  private void ofGoal(GoalResult before, GoalResult after, List<String> sentences) {
    if (after.hasInstances()) {
      ofShares(before, after, sentences);
    }
    for (int i = 0; i < after.without().size(); i++) {
      if (after.similarities().get(i) >= before.similarities().get(i)) {
        sentences.add(
            Message.of(
                "%s looks no less like %s: similarity %.3f, before %.3f",
                after.name(),
                after.goal().without().get(i),
                after.similarities().get(i),
                before.similarities().get(i)));
      }
    }
    for (int i = 0; i < after.named().size(); i++) {
      EvaluationResult.Row was = before.named().get(i);
      EvaluationResult.Row is = after.named().get(i);
      double fall = was.share() - is.share();
      if (fall > ownNames + ROUNDING) {
        sentences.add(
            Message.of(
                "%s under its own name falls from %d/%d to %d/%d (at most %.0f points)",
                is.phrase(),
                was.recognised(),
                was.seen().size(),
                is.recognised(),
                is.seen().size(),
                100 * ownNames));
      }
    }
  }

  private void ofShares(GoalResult before, GoalResult after, List<String> sentences) {
    String first = after.goal().instances().get(0);
    if (after.dominantShare() > dominant - ROUNDING) {
      sentences.add(
          Message.of(
              "the dominant instance %s still shows in %.0f %% of %s (wanted: less than %.0f %%)",
              first, 100 * after.dominantShare(), after.name(), 100 * dominant));
    }
    if (after.count(first) == 0 && before.count(first) > 0) {
      sentences.add(
          Message.of(
              "the dominant instance %s does not show in %s any more: the word is turned around",
              first, after.name()));
    }
    if (after.overshadowedShare() < overshadowed + ROUNDING) {
      sentences.add(
          Message.of(
              "the other instances show in %.0f %% of %s (wanted: more than %.0f %%)",
              100 * after.overshadowedShare(), after.name(), 100 * overshadowed));
    }
  }
}
