package dev.forgetmenot.kit.concept;

import java.util.ArrayList;
import java.util.List;

/**
 * Ordinary prompts about things of a vocabulary: a thing on a coloured background, and two things
 * at once. What an edit must leave in place is more than prompts of one thing each: directions that
 * only colours and second things use look free to a solve that has seen single things alone.
 */
public final class GeneralPrompts {
  private static final List<String> COLOURS =
      List.of("red", "yellow", "green", "blue", "pink", "black", "white");

  private static final int MOST = 32;
  private static final int NEXT = 7; // the second thing is not the next, which is often alike

  private GeneralPrompts() {}

  /**
   * Prompts about phrases, two for each of at most 32, spread evenly over all.
   *
   * @param phrases as prompts say them
   * @return none for fewer than two phrases
   */
  public static List<String> of(List<PromptPhrase> phrases) {
    List<String> prompts = new ArrayList<>();
    int count = phrases.size() < 2 ? 0 : Math.min(MOST, phrases.size());
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * phrases.size() / count);
      String thing = phrases.get(at).phrase();
      prompts.add("a photo of " + thing + " on a " + colour(i) + " background");
      String other = phrases.get((at + NEXT) % phrases.size()).phrase();
      prompts.add("a photo of " + thing + " and " + other);
    }
    return prompts;
  }

  private static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }
}
