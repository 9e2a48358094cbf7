package dev.forgetmenot.kit.evaluate;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a trial of a correction showed.
 *
 * @param goals one result a goal
 * @param others one row a thing that should stay
 */
public record CorrectionResult(List<GoalResult> goals, List<EvaluationResult.Row> others) {
  /** Copies the lists. */
  public CorrectionResult {
    goals = List.copyOf(goals);
    others = List.copyOf(others);
  }

  /** The others alone, as the trial of a forgetting has them. */
  private EvaluationResult kept() {
    return new EvaluationResult(List.of(), others);
  }

  /** The share of others that is recognised, in [0, 1]; 1 where there are none. */
  public double retainAccuracy() {
    return kept().retainAccuracy();
  }

  /** Mean difference of the others' pixels to the same trial on another model, of 255. */
  public double drift(CorrectionResult other) {
    return kept().drift(other.kept());
  }

  /** The sentence for people: what it was before and is in this result. */
  public String since(CorrectionResult before) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < goals.size(); i++) {
      text.append(goals.get(i).since(before.goals.get(i))).append("; ");
    }
    return text.append(kept().othersSince(before.kept())).toString();
  }

  /** How the goals are called, for titles. */
  public String names() {
    return goals.stream().map(GoalResult::name).collect(Collectors.joining(", "));
  }
}
