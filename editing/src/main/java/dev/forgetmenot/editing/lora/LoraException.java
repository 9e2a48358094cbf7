package dev.forgetmenot.editing.lora;

import java.io.IOException;

/** A LoRA file that cannot be taken over: where, why and what to do. */
public final class LoraException extends IOException {
  private static final long serialVersionUID = 1L;

  LoraException(String where, String why) {
    super(where + ": " + why);
  }

  LoraException(String where, String why, Throwable cause) {
    super(where + ": " + why, cause);
  }
}
