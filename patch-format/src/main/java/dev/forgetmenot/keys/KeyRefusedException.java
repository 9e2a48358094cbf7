package dev.forgetmenot.keys;

import java.io.IOException;

/** A key that is not used: it is of another kind, damaged, or weak. */
public final class KeyRefusedException extends IOException {
  private static final long serialVersionUID = 1L;
  private final boolean weak;

  KeyRefusedException(String message, boolean weak) {
    super(message);
    this.weak = weak;
  }

  /**
   * Whether it is an Ed25519 key, but one under which signatures mean nothing: a point that is
   * written in a second way or that is not of the large group.
   */
  public boolean weak() {
    return weak;
  }
}
