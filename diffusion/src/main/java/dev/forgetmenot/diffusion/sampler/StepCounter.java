package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.files.Message;

/** Sees to it that the steps of a run follow each other. Mutable. */
final class StepCounter {
  private static final int NONE = -1;

  private final int count;
  private final int order;
  private int first = NONE;
  private int next;

  /**
   * A counter for one run.
   *
   * @param count how many calls the whole schedule has
   * @param order calls a step: a run begins at a multiple of it
   */
  StepCounter(int count, int order) {
    this.count = count;
    this.order = order;
  }

  /**
   * Takes the call of an index.
   *
   * @return how many calls came before it in this run
   * @throws IllegalStateException if it does not follow the one before
   */
  int take(int index) {
    boolean begins = first == NONE;
    if (index < 0 || index >= count || (begins ? index % order != 0 : index != next)) {
      throw new IllegalStateException(
          Message.of(
              "a sampler runs once and its steps are taken in order: expected %s of %s, not %s",
              begins ? "a multiple of " + order : "step " + next, count, index));
    }
    if (begins) {
      first = index;
    }
    next = index + 1;
    return index - first;
  }
}
