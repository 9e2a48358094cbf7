package dev.forgetmenot.evaluation.bench;

import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * Seeds for one purpose.
 *
 * @param name the purpose, as lists name it
 * @param first the first seed
 * @param count how many; empty for as many as are needed, up to the next range
 * @param place where it stands
 */
public record SeedRange(String name, long first, OptionalInt count, Place place) {
  /**
   * The seeds of a range that says how many.
   *
   * @throws java.util.NoSuchElementException if it does not
   */
  public LongStream seeds() {
    return LongStream.range(first, first + count.getAsInt());
  }

  /** Whether a seed could be of both ranges. */
  boolean overlaps(SeedRange other) {
    return holds(other.first) || other.holds(first);
  }

  private boolean holds(long seed) {
    return seed >= first && seed < first + count.orElse(1);
  }

  @Override
  public String toString() {
    return name
        + " ["
        + first
        + ", "
        + (count.isPresent() ? String.valueOf(count.getAsInt()) : "auto")
        + "]";
  }
}
