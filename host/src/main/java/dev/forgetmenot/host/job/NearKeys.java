package dev.forgetmenot.host.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the keys that somebody may have meant, for messages. */
public final class NearKeys {
  private static final int COUNT = 3;

  private NearKeys() {}

  /** The known keys that take the fewest typing mistakes to become this one, nearest first. */
  public static List<String> of(String key, Collection<String> known) {
    return known.stream()
        .sorted(Comparator.comparingInt((String other) -> distance(key, other)))
        .limit(COUNT)
        .toList();
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
