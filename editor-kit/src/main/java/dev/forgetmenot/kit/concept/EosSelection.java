package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.List;
import java.util.Map;
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

  /** What the words were before 3.0, each with that of today. */
  public static final Map<String, String> FORMER_WORDS =
      Map.of("first", FIRST.word(), "none", NONE.word(), "all", ALL.word());

  /**
   * The word of options and recipes, the same as in {@link TokenSelection}: {@code end}, {@code
   * tokens} or {@code padding}.
   */
  public String word() {
    return switch (this) {
      case FIRST -> TokenSelection.END.word();
      case NONE -> TokenSelection.TOKENS.word();
      case ALL -> TokenSelection.PADDING.word();
    };
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
    throw new IllegalArgumentException(
        "token-selection is end, tokens or padding here, not '" + word + "'");
  }

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
