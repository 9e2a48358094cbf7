package dev.forgetmenot.kit.solve;

/**
 * How the directions of a text space are shared out when several concepts are taken out of it at
 * once. One concept gets what was asked for. Of more, all together lose an eighth of the directions
 * at most, but one each, and near phrases are held only while all that is taken away or held is
 * less than a quarter: beyond that each direction costs all other text more than it brings. Above a
 * quarter concepts share their directions (docs/forgetting.md, "Many at once").
 *
 * @param width d, the width of a text embedding
 * @param concepts how many at once, 1 or more
 * @param always directions that are held whatever is near: begin token, empty prompt, given phrases
 */
public record DirectionBudget(int width, int concepts, int always) {
  /**
   * Directions to take away for each concept.
   *
   * @param asked for one concept
   * @return 1 to {@code asked}
   */
  public int rank(int asked) {
    return concepts == 1 ? asked : Math.max(1, Math.min(asked, width / 8 / concepts));
  }

  /** Directions to take away for all concepts together at most. */
  public int together() {
    return concepts == 1 ? width : width / 4;
  }

  /**
   * Near phrases to hold for each concept.
   *
   * @param asked for one concept
   * @param rank directions that are taken away for each
   * @param each directions that are held of a phrase
   * @return 0 to {@code asked}
   */
  public int neighbours(int asked, int rank, int each) {
    int free = Math.max(0, width / 4 - always - rank * concepts);
    return concepts == 1 ? asked : Math.min(asked, free / (each * concepts));
  }
}
