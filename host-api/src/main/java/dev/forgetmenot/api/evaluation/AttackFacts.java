package dev.forgetmenot.api.evaluation;

import java.util.List;

/**
 * What a measurement of an attack says beside its question.
 *
 * @param attack its name
 * @param access what the attacker must have
 * @param adaptive whether it is fitted to the model
 * @param budget how much work it was allowed
 * @param unetEvaluations of batch size 1 that it spent on the patched model
 * @param seconds that it took there, on the machine that computed it
 * @param candidates most images of one trial
 * @param luck plain images by name, as many of each trial as the attack made: trials in which one
 *     shows the concept
 * @param luckP one-sided, by McNemar's exact test of the trials against {@code luck}
 * @param best place of the best image in the measurement's set; -1 where none shows the concept
 * @param recipe what brought the best image: prompt, seed and more
 * @param note what else should be known; may be empty
 * @param files what was learned, as seen from the store
 */
public record AttackFacts(
    String attack,
    Attack.Access access,
    boolean adaptive,
    AttackBudget budget,
    long unetEvaluations,
    double seconds,
    int candidates,
    Reading luck,
    double luckP,
    int best,
    String recipe,
    String note,
    List<String> files) {
  /** Copies the list. */
  public AttackFacts {
    files = List.copyOf(files);
  }
}
