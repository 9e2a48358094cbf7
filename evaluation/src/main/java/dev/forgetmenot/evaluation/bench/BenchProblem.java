package dev.forgetmenot.evaluation.bench;

/**
 * A mistake in a list.
 *
 * @param text what is wrong, what was expected, and what to do
 */
public record BenchProblem(Place place, String text) {
  @Override
  public String toString() {
    return place + ": " + text;
  }
}
