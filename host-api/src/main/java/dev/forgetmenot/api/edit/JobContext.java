package dev.forgetmenot.api.edit;

/** How a job speaks with whoever started it. */
public interface JobContext {
  /** Says how far a stage has come: {@code done} of {@code total}. */
  void progress(String stage, long done, long total);

  /** Says a line that a user should read. */
  void say(String line);

  /** Whether the user wants the job to stop; long work asks between steps. */
  boolean cancelled();

  /** Throws when the user wants the job to stop. */
  default void checkCancelled() {
    if (cancelled()) {
      throw new java.util.concurrent.CancellationException("stopped by the user");
    }
  }
}
