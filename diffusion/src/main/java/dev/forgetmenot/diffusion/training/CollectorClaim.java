package dev.forgetmenot.diffusion.training;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to record a graph: the engine has one gradient collector in a process. Any thread. */
final class CollectorClaim {
  private static final AtomicBoolean TAKEN = new AtomicBoolean();

  private CollectorClaim() {}

  /**
   * Takes it.
   *
   * @throws IllegalStateException if it is taken
   */
  static void take() {
    if (!TAKEN.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "another training session is open in this process, or another scope of gradients, and the"
              + " engine can record only one; close it first or wait until its job has ended");
    }
  }

  /** Gives it back; only who has taken it does. */
  static void release() {
    TAKEN.set(false);
  }
}
