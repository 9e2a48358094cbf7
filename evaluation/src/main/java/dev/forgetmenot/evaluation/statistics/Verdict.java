package dev.forgetmenot.evaluation.statistics;

import dev.forgetmenot.kit.evaluate.Count;

/**
 * The word that a line of a report ends with. There is none for a patch as a whole, and none says
 * that a concept is gone: a count cannot.
 */
public enum Verdict {
  /** The target came more often than the floor explains: Holm-adjusted p below 0.05. */
  REACHED("REACHED"),
  /** It did not; printed with the count and its Clopper-Pearson upper bound. */
  NOT_REACHED("NOT REACHED"),
  /** The line cannot show anything: it fails on the original, or the judge or the floor does. */
  NO_BASELINE("NO BASELINE"),
  /** It was not run; the report says why. */
  NOT_TESTED("NOT TESTED");

  private static final double CEILING = 0.5;
  private static final double JUDGE = 0.7;
  private static final double LEVEL = 0.05;

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /**
   * The verdict of a line that was run.
   *
   * @param ceiling the same line on the original model
   * @param judge the judge's right answers on the original's images of the target
   * @param floor the same line aimed at what the model never knew, on the patched model
   * @param adjusted the one-sided p-value against the floor, adjusted by {@link Holm} over all
   *     lines of the report
   * @return one of the first three
   */
  public static Verdict of(Count ceiling, Count judge, Count floor, double adjusted) {
    boolean baseline =
        ceiling.wilson().low() >= CEILING
            && judge.rate() >= JUDGE
            && floor.rate() < ceiling.rate() / 2;
    if (!baseline) {
      return NO_BASELINE;
    }
    return adjusted < LEVEL ? REACHED : NOT_REACHED;
  }

  /** As it is printed. */
  @Override
  public String toString() {
    return text;
  }
}
