package dev.forgetmenot.kit.train;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a training saves its state: every so many steps, and earlier where steps are slow, so that
 * little time is lost whatever ends the process.
 */
public final class SaveTimes {
  /** The most time between two states, and one step more. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private final int every;
  private final LongSupplier clock;
  private long last;

  /**
   * From now on.
   *
   * @param every steps between two states, at least 1
   */
  public SaveTimes(int every) {
    this(every, System::nanoTime);
  }

  /**
   * By another clock.
   *
   * @param clock nanoseconds
   */
  SaveTimes(int every, LongSupplier clock) {
    this.every = every;
    this.clock = clock;
    this.last = clock.getAsLong();
  }

  /**
   * Whether the state is to be saved after a step.
   *
   * @param step number of the step, from 1
   */
  public boolean due(int step) {
    return step % every == 0 || clock.getAsLong() - last >= LONGEST.toNanos();
  }

  /** Says that it was saved. */
  public void saved() {
    last = clock.getAsLong();
  }
}
