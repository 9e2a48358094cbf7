package dev.forgetmenot.api.evaluation;

/**
 * A number of one model, with what it was counted from.
 *
 * @param value the number; NaN where it is undefined, printed as –
 * @param k of a share: how many; 0 where it is none
 * @param n of a share: of how many; of a mean: over how many; 0 where neither is
 * @param low lower end of its 95 % interval; NaN where it has none
 * @param high upper end; NaN where it has none
 */
public record Reading(double value, int k, int n, double low, double high) {
  /** A number without an interval. */
  public static Reading of(double value) {
    return new Reading(value, 0, 0, Double.NaN, Double.NaN);
  }
}
