package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.CorrectionGoal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a trial showed of one goal of a correction.
 *
 * @param goal what the correction is about
 * @param general images of the general word
 * @param instances images of each instance under its own name, in the goal's order
 * @param without images of each phrase that is taken out, under its own name
 * @param similarities mean cosine of the general word's images with each phrase that is taken out
 */
public record GoalResult(
    CorrectionGoal goal,
    EvaluationResult.Row general,
    List<EvaluationResult.Row> instances,
    List<EvaluationResult.Row> without,
    List<Double> similarities) {
  /** Copies the lists. */
  public GoalResult {
    instances = List.copyOf(instances);
    without = List.copyOf(without);
    similarities = List.copyOf(similarities);
  }

  /** The general word's phrase. */
  public String name() {
    return goal.concept().name();
  }

  /** How many images of the general word show each phrase; what shows most comes first. */
  public Map<String, Integer> counts() {
    return general.counts();
  }

  /** How many images of the general word show a phrase. */
  public int count(String phrase) {
    return (int) general.seen().stream().filter(phrase::equals).count();
  }

  /** The share of the general word's images that show a phrase, in [0, 1]. */
  public double share(String phrase) {
    return (double) count(phrase) / general.seen().size();
  }

  /** Whether it is about instances, and not about an attribute alone. */
  public boolean hasInstances() {
    return !goal.instances().isEmpty();
  }

  /**
   * The share of the dominant instance, in [0, 1].
   *
   * @throws IllegalStateException if there are no instances
   */
  public double dominantShare() {
    if (!hasInstances()) {
      throw new IllegalStateException("'" + name() + "' has no instances");
    }
    return share(goal.instances().get(0));
  }

  /** The share of all instances but the dominant one together, in [0, 1]. */
  public double overshadowedShare() {
    return goal.instances().stream().skip(1).mapToDouble(this::share).sum();
  }

  /**
   * The phrases that keep their own names and were recognised before: instances, what is taken out,
   * and the concept itself where only an attribute is corrected.
   */
  public List<EvaluationResult.Row> named() {
    List<EvaluationResult.Row> rows = new ArrayList<>(instances);
    rows.addAll(without);
    if (!hasInstances()) {
      rows.add(general);
    }
    return rows;
  }

  /** Images that are recognised under their own names, over all phrases of {@link #named}. */
  public double recognised() {
    int of = named().stream().mapToInt(row -> row.seen().size()).sum();
    return of == 0
        ? 1
        : (double) named().stream().mapToInt(EvaluationResult.Row::recognised).sum() / of;
  }

  /** The greatest fall of {@link #named}'s recognition, in [-1, 1]; negative where all rose. */
  public double worstFall(GoalResult before) {
    double worst = -1;
    for (int i = 0; i < named().size(); i++) {
      worst = Math.max(worst, before.named().get(i).share() - named().get(i).share());
    }
    return worst;
  }

  /** The words for people: what it was before and is in this result. */
  String since(GoalResult before) {
    List<String> parts = new ArrayList<>();
    int of = general.seen().size();
    for (String instance : goal.instances()) {
      parts.add(
          instance + " " + before.count(instance) + "/" + of + " → " + count(instance) + "/" + of);
    }
    for (int i = 0; i < without.size(); i++) {
      parts.add(
          String.format(
              Locale.ROOT,
              "similarity to %s %.3f → %.3f",
              goal.without().get(i),
              before.similarities.get(i),
              similarities.get(i)));
    }
    parts.add(
        String.format(
            Locale.ROOT,
            "under their own names %.0f %% → %.0f %%",
            100 * before.recognised(),
            100 * recognised()));
    return name() + ": " + String.join(", ", parts);
  }
}
