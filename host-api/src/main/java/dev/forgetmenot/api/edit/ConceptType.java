package dev.forgetmenot.api.edit;

import java.util.Locale;

/** What sort of thing a concept is: it decides how a prompt names it. */
public enum ConceptType {
  /** Someone: a person or a character. */
  IDENTITY,
  /** Something. */
  OBJECT,
  /** How things are drawn. */
  STYLE;

  /**
   * The word of options, run files and manifests: {@code identity}, {@code object}, {@code style}.
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind with this {@link #word}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ConceptType of(String word) {
    for (ConceptType kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "a concept is an identity, an object or a style, not '" + word + "'");
  }
}
