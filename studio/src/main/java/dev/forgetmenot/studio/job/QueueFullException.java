package dev.forgetmenot.studio.job;

import java.io.IOException;

/** There is no place for another job. */
public final class QueueFullException extends IOException {
  private static final long serialVersionUID = 1;

  private final long seconds;

  QueueFullException(int places, long seconds) {
    super(places + " jobs are waiting already; try again when one is done");
    this.seconds = seconds;
  }

  /** After about how many seconds there is a place. */
  public long seconds() {
    return seconds;
  }
}
