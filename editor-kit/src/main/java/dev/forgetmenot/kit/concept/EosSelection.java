package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Which end-of-text columns join those of the concept. */
public enum EosSelection {
  /** The first, the one that ends the prompt. */
  FIRST,
  /** None. */
  NONE,
  /**
   * Every column whose id is end-of-text: where a tokenizer pads with it, as in SD 1.x, the padding
   * too.
   */
  ALL;

  /** The word of options and recipes: {@code first}, {@code none} or {@code all}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The choice with this {@link #word}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static EosSelection of(String word) {
    for (EosSelection choice : values()) {
      if (choice.word().equals(word)) {
        return choice;
      }
    }
    throw new IllegalArgumentException("end of text is first, none or all, not '" + word + "'");
  }

  /** The columns of a prompt. */
  List<Integer> columns(TokenizedPrompt prompt, int endOfText) {
    return switch (this) {
      case NONE -> List.of();
      case FIRST -> List.of(prompt.endPosition());
      case ALL ->
          IntStream.range(0, prompt.ids().size())
              .filter(i -> prompt.ids().get(i) == endOfText)
              .boxed()
              .toList();
    };
  }
}
