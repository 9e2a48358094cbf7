package dev.forgetmenot.diffusion.weights;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds names that look like a wrong one, for messages. */
final class NearNames {
  private static final int COUNT = 3;

  private NearNames() {}

  /** The names that share most characters at both ends. */
  static List<String> of(String name, Collection<String> names) {
    return names.stream()
        .sorted(Comparator.comparingInt(other -> -shared(name, other)))
        .limit(COUNT)
        .toList();
  }

  private static int shared(String a, String b) {
    int length = Math.min(a.length(), b.length());
    int start = 0;
    while (start < length && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < length - start
        && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    return start + end;
  }
}
