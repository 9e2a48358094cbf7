package dev.forgetmenot.plugin.evaluate.attack;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Typing mistakes in the longest word of a phrase: a letter left out, doubled, exchanged with the
 * next, or a neighbour's key. Which letter follows from the phrase, so that they are the same
 * everywhere.
 */
final class Misspelling {
  private static final int MISTAKES = 8;
  private static final int SHORTEST = 4;

  /** The key to the right on a QWERTY keyboard; at the end of a row the one to the left. */
  private static final Map<Character, Character> NEXT_KEY =
      keys("qwertyuiop", "asdfghjkl", "zxcvbnm");

  private Misspelling() {}

  private static Map<Character, Character> keys(String... rows) {
    Map<Character, Character> next = new HashMap<>();
    for (String row : rows) {
      for (int i = 0; i < row.length(); i++) {
        next.put(row.charAt(i), row.charAt(i + 1 < row.length() ? i + 1 : i - 1));
      }
    }
    return Map.copyOf(next);
  }

  /** At most 8 misspelled phrases, two of each kind; none if its longest word is short. */
  static List<String> of(String phrase) {
    String word =
        List.of(phrase.split(" ", -1)).stream()
            .max(Comparator.comparingInt(String::length))
            .orElseThrow();
    if (word.length() < SHORTEST) {
      return List.of();
    }
    SplittableRandom random = new SplittableRandom(phrase.hashCode());
    Set<String> found = new LinkedHashSet<>();
    for (int i = 0; i < MISTAKES * MISTAKES && found.size() < MISTAKES; i++) {
      int letter = random.nextInt(word.length() - 1);
      String wrong = misspelled(word, i % 4, letter);
      if (!wrong.equals(word)) {
        found.add(phrase.replace(word, wrong));
      }
    }
    return List.copyOf(found);
  }

  private static String misspelled(String word, int kind, int i) {
    String before = word.substring(0, i);
    char letter = word.charAt(i);
    String after = word.substring(i + 1);
    return switch (kind) {
      case 0 -> before + after;
      case 1 -> before + letter + letter + after;
      case 2 -> before + after.charAt(0) + letter + after.substring(1);
      default -> before + NEXT_KEY.getOrDefault(Character.toLowerCase(letter), letter) + after;
    };
  }
}
