package dev.forgetmenot.patching.stack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Orders of things.
 *
 * @param count how many things
 */
public record Permutations(int count) {
  /** The given order, the reverse, then others: all that there are if they are not more. */
  public List<List<Integer>> first(int most) {
    List<Integer> given = IntStream.range(0, count).boxed().toList();
    List<Integer> reverse = new ArrayList<>(given);
    Collections.reverse(reverse);
    Set<List<Integer>> orders = new LinkedHashSet<>(List.of(given));
    long all = 1;
    for (int i = 2; i <= count && all <= most; i++) {
      all *= i;
    }
    int wanted = (int) Math.min(all, Math.max(1, most));
    if (wanted > 1) {
      orders.add(reverse);
    }
    Random random = new Random(0); // the same orders each time
    while (orders.size() < wanted) {
      List<Integer> shuffled = new ArrayList<>(given);
      Collections.shuffle(shuffled, random);
      orders.add(shuffled);
    }
    return new ArrayList<>(orders);
  }
}
