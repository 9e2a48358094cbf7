package dev.forgetmenot.diffusion.sampler;

/** Sees to it that the steps of a run are taken in order. Mutable. */
final class StepCounter {
  private final int count;
  private int next;

  StepCounter(int count) {
    this.count = count;
  }

  void take(int index) {
    if (index != next || index >= count) {
      throw new IllegalStateException(
          "a sampler runs once and its steps are taken in order: expected step "
              + next
              + " of "
              + count
              + ", not "
              + index);
    }
    next++;
  }
}
