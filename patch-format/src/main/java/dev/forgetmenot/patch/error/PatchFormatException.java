package dev.forgetmenot.patch.error;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.TerminalEscaper;
import java.io.IOException;

/** A patch that cannot be read or used: where, why and what to do, with a stable code. */
public final class PatchFormatException extends IOException {
  private static final long serialVersionUID = 1L;
  private final PatchError error;
  private final String why;

  /**
   * Makes the message.
   *
   * @param where the file, entry or member
   * @param why what was found and what was expected, and what to do where that helps
   */
  public PatchFormatException(PatchError error, String where, String why) {
    super(
        Message.of(
            "%s %s: %s (docs/troubleshooting.md#%s)",
            error.code(),
            TerminalEscaper.field(where),
            TerminalEscaper.field(why),
            error.code().toLowerCase(java.util.Locale.ROOT)));
    this.error = error;
    this.why = why;
  }

  /** What was found and what was expected, without where and without the code. */
  public String why() {
    return why;
  }

  /** The stable code. */
  public PatchError error() {
    return error;
  }
}
