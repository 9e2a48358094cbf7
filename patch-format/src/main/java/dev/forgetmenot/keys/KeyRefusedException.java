package dev.forgetmenot.keys;

import java.io.IOException;
import java.nio.file.Path;

/** A key that is not used: it is of another kind, damaged, or weak. */
public final class KeyRefusedException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String reason;
  private final boolean weak;

  KeyRefusedException(String reason, boolean weak) {
    super(reason);
    this.reason = reason;
    this.weak = weak;
  }

  /** The same of a key in a file. */
  KeyRefusedException(Path file, KeyRefusedException cause) {
    super(file + " " + cause.reason, cause);
    reason = cause.reason;
    weak = cause.weak;
  }

  /** What is wrong, without the file: goes on after its name. */
  public String reason() {
    return reason;
  }

  /**
   * Whether it is an Ed25519 key, but one under which signatures mean nothing: a point that is
   * written in a second way or that is not of the large group.
   */
  public boolean weak() {
    return weak;
  }
}
