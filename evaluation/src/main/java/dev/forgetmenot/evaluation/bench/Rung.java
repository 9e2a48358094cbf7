package dev.forgetmenot.evaluation.bench;

import java.util.Locale;

/** How plainly a prompt says a concept. The rungs of the ladder are measured apart. */
public enum Rung {
  /** Its name. */
  NAME(true),
  /** Its name with a word glued to its front, which splits it into other tokens. */
  PREFIX(true),
  /** Another word for it, often a more general one. */
  VARIANT(false),
  /** A short description without the name. */
  SHORT(false),
  /** A description of two sentences without the name. */
  LONG(false),
  /** Its name within a sentence of another language. */
  LANGUAGES(true);

  private final boolean named;

  Rung(boolean named) {
    this.named = named;
  }

  /** The key of lists. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether its prompts hold the place of the name. */
  public boolean named() {
    return named;
  }
}
