package dev.forgetmenot.patching.lora;

import java.io.IOException;

/** A LoRA file that cannot be imported: where, why and what to do. */
public final class LoraException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The way in for what is not read. */
  static final String MERGE =
      "merge it into its base with the tool that it came from, then make a patch of the two by fmn"
          + " patch diff";

  LoraException(String where, String why) {
    super(where + ": " + why);
  }

  LoraException(String where, String why, Throwable cause) {
    super(where + ": " + why, cause);
  }
}
