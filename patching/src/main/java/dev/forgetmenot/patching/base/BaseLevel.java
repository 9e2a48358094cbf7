package dev.forgetmenot.patching.base;

/** How near two bases are, nearest first. */
public enum BaseLevel {
  /** The same bytes. */
  EXACT("exact"),
  /** The same values rounded to half precision: an fp32 model and its fp16 copy. */
  SAME_VALUES("same-values"),
  /** The same text encoder and tokenizer, beside a UNet of the same names and shapes. */
  SAME_TEXT_ENCODER("same-text-encoder"),
  /** The same names and shapes with other values: a fine-tuned model. */
  SAME_ARCHITECTURE("same-architecture"),
  /** Other names or shapes. */
  MISMATCH("mismatch");

  private final String word;

  BaseLevel(String word) {
    this.word = word;
  }

  /** As manifests and messages write it. */
  public String word() {
    return word;
  }

  /** The one that is further away. */
  public BaseLevel and(BaseLevel other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
