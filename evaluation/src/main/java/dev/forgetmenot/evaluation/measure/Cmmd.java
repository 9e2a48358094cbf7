package dev.forgetmenot.evaluation.measure;

/**
 * CMMD, the distance of two sets of images (Jayasumana et al. 2024, "Rethinking FID"): 1000 · the
 * squared mean discrepancy of unit image embeddings under k(a, b) = exp(-‖a - b‖² / 2σ²), σ = 10.
 *
 * <p>Between unit vectors it is nearly 10 · ‖mean x - mean y‖²: it does not see that a set has lost
 * its spread, so {@link Diversity} stands beside it. By the number of images alone it is about 10 ·
 * (tr Σx + tr Σy) / n; {@link #unbiased} has no such floor.
 *
 * @param biased the published form, over all pairs: 0..40, smaller is nearer
 * @param unbiased without the pairs of an image with itself; about 0 for two samples of one set,
 *     may be negative; NaN where a set has one image
 */
public record Cmmd(double biased, double unbiased) {
  private static final double SIGMA = 10;

  /**
   * The distance of two sets.
   *
   * @param x image embeddings (n, D)
   * @param y image embeddings (m, D)
   * @return their distance
   */
  public static Cmmd of(UnitRows x, UnitRows y) {
    // ‖a - b‖² = 2 - 2 cos for unit vectors
    MeanDiscrepancy squared =
        MeanDiscrepancy.of(x, y, cosine -> Math.exp((cosine - 1) / (SIGMA * SIGMA)));
    return new Cmmd(1000 * squared.biased(), 1000 * squared.unbiased());
  }
}
