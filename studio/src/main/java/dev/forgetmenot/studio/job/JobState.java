package dev.forgetmenot.studio.job;

import java.util.Locale;

/** How far a job is. */
public enum JobState {
  /** It waits for its turn. */
  QUEUED,
  /** It is being done. */
  RUNNING,
  /** It is done. */
  DONE,
  /** It ended with a problem. */
  FAILED,
  /** The user stopped it. */
  CANCELLED,
  /** The program ended while it was being done, too often to try again. */
  INTERRUPTED;

  /** Whether nothing more will happen. */
  public boolean ended() {
    return this != QUEUED && this != RUNNING;
  }

  /** The word for it in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static JobState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
