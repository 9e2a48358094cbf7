package dev.forgetmenot.files;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Names that may have been meant where an unknown one was given, for messages. */
public final class Suggestions {
  private static final int COUNT = 3;

  /** No more of a name is looked at, since it may come from a file of any size. */
  private static final int LONGEST = 256;

  private Suggestions() {}

  /**
   * The three known names that take the fewest typing mistakes to become this one, nearest first.
   */
  public static List<String> of(String name, Collection<String> known) {
    String start = name.substring(0, Math.min(LONGEST, name.length()));
    return known.stream()
        .sorted(Comparator.comparingInt((String other) -> distance(start, other)))
        .limit(COUNT)
        .toList();
  }

  /** The nearest known name if it takes at most some typing mistakes to become this one. */
  public static Optional<String> within(String name, Collection<String> known, int mistakes) {
    return of(name, known).stream()
        .findFirst()
        .filter(nearest -> distance(name, nearest) <= mistakes);
  }

  /** Letters to put in, take out or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
