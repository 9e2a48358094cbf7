package dev.forgetmenot.host.cli.shell;

import java.io.IOException;

/** Another machine does not answer, or not as it should; the message names it and what to do. */
public final class RemoteFailure extends IOException {
  private static final long serialVersionUID = 1L;

  /** With nothing that caused it here. */
  public RemoteFailure(String message) {
    super(message);
  }

  /** With what was thrown here. */
  public RemoteFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
