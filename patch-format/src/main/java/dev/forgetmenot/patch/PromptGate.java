package dev.forgetmenot.patch;

/**
 * How the strength of a patch follows the prompt: none at a closeness of {@code from} or less, full
 * at {@code to} or more, linear between. A program without gates applies the patch in full.
 *
 * @param kind {@link #PROMPT_COSINE}
 * @param from closeness at which nothing is applied, -1 to 1
 * @param to closeness at which all is applied, -1 to 1, more than {@code from}
 */
public record PromptGate(String kind, double from, double to) {
  /**
   * Closeness is the largest cosine between the pooled text embedding of the prompt and those of
   * the prompts of the patch's intent.
   */
  public static final String PROMPT_COSINE = "prompt-cosine";

  /** Checks kind and range. */
  public PromptGate {
    if (!kind.equals(PROMPT_COSINE)) {
      throw new IllegalArgumentException("expected the kind " + PROMPT_COSINE + ", found " + kind);
    }
    if (!(from >= -1 && from < to && to <= 1)) {
      throw new IllegalArgumentException(
          "expected cosines with -1 <= from < to <= 1, found " + from + " and " + to);
    }
  }

  /** The share of the strength at a closeness, 0 to 1. */
  public double share(double closeness) {
    return Math.min(1, Math.max(0, (closeness - from) / (to - from)));
  }
}
