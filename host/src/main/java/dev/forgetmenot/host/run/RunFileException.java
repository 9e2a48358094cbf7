package dev.forgetmenot.host.run;

import java.nio.file.Path;

/** A run file says something that cannot be done; the message begins with file and line. */
public final class RunFileException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong.
   *
   * @param line from 1
   */
  public RunFileException(Path file, int line, String message) {
    this(file, line, message, null);
  }

  /** What is wrong, and why. */
  public RunFileException(Path file, int line, String message, Throwable cause) {
    super(file + ":" + line + ": " + message, cause);
  }
}
