package dev.forgetmenot.kit.concept;

import java.util.List;
import java.util.stream.IntStream;

/** Some of many, spread evenly over all, the first among them. */
public final class EvenSpread {
  private EvenSpread() {}

  /**
   * The places of some.
   *
   * @param most how many at most
   * @param all how many there are
   */
  public static List<Integer> places(int most, int all) {
    int some = Math.min(most, all);
    return IntStream.range(0, some).map(i -> (int) ((long) i * all / some)).boxed().toList();
  }

  /** At most so many of a list. */
  public static <T> List<T> of(int most, List<T> all) {
    return places(most, all.size()).stream().map(all::get).toList();
  }
}
