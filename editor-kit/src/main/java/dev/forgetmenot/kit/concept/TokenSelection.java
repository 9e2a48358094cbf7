package dev.forgetmenot.kit.concept;

import java.util.Locale;

/**
 * Which rows of a prompt's text embedding stand for a concept. A causal text encoder writes the
 * concept into every row after it too.
 */
public enum TokenSelection {
  /** The concept's last token. */
  LAST,
  /** All its tokens. */
  TOKENS,
  /** All its tokens and the end of the text. */
  END,
  /** These and some of the padding after it. */
  PADDING,
  /**
   * Its last token and every row after it, matched with the guide's in order; of nothing the begin
   * token and every row after it.
   */
  FOLLOWING;

  /**
   * The word of options and recipes: {@code last}, {@code tokens}, {@code end}, {@code padding},
   * {@code following}.
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The choice with this {@link #word}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static TokenSelection of(String word) {
    for (TokenSelection places : values()) {
      if (places.word().equals(word)) {
        return places;
      }
    }
    throw new IllegalArgumentException(
        "token-selection is last, tokens, end, padding or following, not '" + word + "'");
  }
}
