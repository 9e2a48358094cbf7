package dev.forgetmenot.api.sampling;

/**
 * How much of the UNet is computed anew at each prediction (DeepCache: Ma et al. 2023, arXiv
 * 2312.00858). Every {@code interval}-th prediction of a run computes all of it and keeps the
 * feature that enters the way up at one skip connection from below; the others compute what lies
 * above it alone and take that feature as it was. Predictions in which somebody looks at the
 * attention or changes it are whole, and so are those of editors and trainings.
 *
 * @param depth which skip connection, counted from the output of the first convolution, which is 0:
 *     the smaller, the less is computed anew; DeepCache's {@code cache_branch_id}. A UNet of four
 *     blocks of two layers has 0 to 11; in it 2 computes the outermost block of both sides anew
 * @param interval 1 for none, 2 to compute every second prediction whole; DeepCache's {@code
 *     cache_interval}
 */
public record FeatureCache(int depth, int interval) {
  /** Every prediction is whole. */
  public static final FeatureCache NONE = new FeatureCache(0, 1);

  /** What {@code fmn generate --fast} keeps; docs/fewer-steps.md has what it costs. */
  public static final FeatureCache FAST = new FeatureCache(0, 2);

  /** Checks the ranges; the model's own largest depth is checked when it draws. */
  public FeatureCache {
    if (depth < 0) {
      throw new IllegalArgumentException("cache depth must be 0 or more, not " + depth);
    }
    if (interval < 1 || interval > 1000) {
      throw new IllegalArgumentException("cache interval must be in [1, 1000], not " + interval);
    }
  }

  /** Whether some predictions take what was kept. */
  public boolean used() {
    return interval > 1;
  }
}
