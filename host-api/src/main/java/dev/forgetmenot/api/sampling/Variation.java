package dev.forgetmenot.api.sampling;

/**
 * A second seed whose noise is mixed into that of the first, as A1111's variation seed does: images
 * of one request then share the first seed, and image i has {@code seed + i} here.
 *
 * @param seed of the first image, in [0, 2⁶³)
 * @param strength 0 for the noise of the first seed alone, 1 for that of the second
 */
public record Variation(long seed, double strength) {
  /** A strength that changes details and keeps the rest. */
  public static final double USUAL_STRENGTH = 0.1;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is outside
   */
  public Variation {
    if (seed < 0) {
      throw new IllegalArgumentException("variation seed must be 0 or more, not " + seed);
    }
    if (!(strength >= 0 && strength <= 1)) {
      throw new IllegalArgumentException("variation strength must be in [0, 1], not " + strength);
    }
  }

  /** That of the image so many places on. */
  public Variation plus(long images) {
    return new Variation(seed + images, strength);
  }
}
