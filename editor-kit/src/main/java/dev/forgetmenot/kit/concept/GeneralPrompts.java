package dev.forgetmenot.kit.concept;

import java.util.ArrayList;
import java.util.List;

/**
 * Ordinary prompts about things of a vocabulary: a thing on a coloured background, two things at
 * once, and a thing in a style. What an edit must leave in place is more than prompts of one thing
 * each: directions that only colours, styles and second things use look free to a solve that has
 * seen single things alone.
 */
public final class GeneralPrompts {
  private static final List<String> COLOURS =
      List.of("red", "yellow", "green", "blue", "pink", "black", "white");

  private static final int MOST = 32;
  private static final int NEXT = 7; // the second thing is not the next, which is often alike

  private GeneralPrompts() {}

  /**
   * Prompts about phrases, two or three for each of at most 32, spread evenly over all.
   *
   * @param phrases as prompts say them
   * @param styles of which each prompt of a style names one; may be empty
   * @return none for fewer than two phrases
   */
  public static List<String> of(List<PromptPhrase> phrases, List<String> styles) {
    List<String> prompts = new ArrayList<>();
    List<Integer> places = EvenSpread.places(phrases.size() < 2 ? 0 : MOST, phrases.size());
    for (int i = 0; i < places.size(); i++) {
      int at = places.get(i);
      String thing = phrases.get(at).phrase();
      prompts.add("a photo of " + thing + " on a " + colour(i) + " background");
      String other = phrases.get((at + NEXT) % phrases.size()).phrase();
      prompts.add("a photo of " + thing + " and " + other);
      if (!styles.isEmpty()) {
        prompts.add("a photo of " + thing + " in " + styles.get(i % styles.size()) + " style");
      }
    }
    return prompts;
  }

  private static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }
}
