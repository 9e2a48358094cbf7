package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an evaluation showed of one goal.
 *
 * @param goal what the edit is about
 * @param general images of the goal's concept, for a correction a general word
 * @param instances images of each instance, and of what should stay unchanged beside them, under
 *     its own name ({@link EditGoal#ownNames})
 * @param without images of each phrase that is taken out, under its own name
 * @param similarities mean cosine of the general word's images with each phrase that is taken out
 */
public record GoalResult(
    EditGoal goal,
    EvaluationResult.Row general,
    List<EvaluationResult.Row> instances,
    List<EvaluationResult.Row> without,
    List<Double> similarities) {
  /** Images of 64 by which a phrase that is no instance gets a line of its own. */
  private static final double FEW = 4.0 / 64;

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

  /**
   * The phrases of which a report of a correction says how often the general word shows them: the
   * instances, and whatever else shows in more than a few images before or after.
   */
  public List<String> shown(GoalResult before) {
    if (goal.forgets()) {
      return List.of();
    }
    Set<String> phrases = new LinkedHashSet<>(goal.instances());
    Stream.of(before, this)
        .flatMap(result -> result.general.counts().keySet().stream())
        .filter(phrase -> !phrase.equals(EvaluationResult.NO_ANSWER))
        .filter(phrase -> Math.max(before.share(phrase), share(phrase)) >= FEW)
        .forEach(phrases::add);
    return List.copyOf(phrases);
  }

  /** How many images of the general word show a phrase. */
  public int count(String phrase) {
    return general.count(phrase);
  }

  /** The share of the general word's images that show a phrase, in [0, 1]. */
  public double share(String phrase) {
    return (double) count(phrase) / general.seen().size();
  }

  /** Whether it is about instances, and not about the concept itself or an attribute alone. */
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

  /** Images of the general word that show an instance other than the dominant one. */
  public int overshadowed() {
    return goal.instances().stream().skip(1).mapToInt(this::count).sum();
  }

  /** The share of all instances but the dominant one together, in [0, 1]. */
  public double overshadowedShare() {
    return (double) overshadowed() / general.seen().size();
  }

  /**
   * The phrases that are looked for under their own names: instances, what is taken out, and the
   * concept itself where it has no instances.
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
    if (goal.forgets()) {
      return name() + " " + change(before, name());
    }
    List<String> parts = new ArrayList<>();
    goal.instances().forEach(instance -> parts.add(instance + " " + change(before, instance)));
    for (int i = 0; i < without.size(); i++) {
      parts.add(
          Message.of(
              "similarity to %s %.3f → %.3f",
              goal.without().get(i), before.similarities.get(i), similarities.get(i)));
    }
    if (!named().isEmpty()) {
      parts.add(
          Message.of(
              "under their own names %.0f %% → %.0f %%",
              100 * before.recognised(), 100 * recognised()));
    }
    return name() + ": " + String.join(", ", parts);
  }

  private String change(GoalResult before, String phrase) {
    return before.general.of(before.count(phrase))
        + " → "
        + general.of(count(phrase))
        + " "
        + general.interval(count(phrase));
  }
}
