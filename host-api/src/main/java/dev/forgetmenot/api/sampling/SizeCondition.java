package dev.forgetmenot.api.sampling;

import java.util.Optional;

/**
 * What a model that was trained with the sizes of its images is told of the image (Podell et al.,
 * "SDXL", arXiv 2307.01952, section 2.2): as if it had been cut out of a larger or smaller one.
 *
 * @param original the size before it was cut; that of the image where empty
 * @param cropLeft pixels that were cut off at the left
 * @param cropTop pixels that were cut off at the top
 * @param target the size after it was cut; that of the image where empty
 */
public record SizeCondition(
    Optional<Pixels> original, int cropLeft, int cropTop, Optional<Pixels> target) {
  /** Nothing was cut off, and all sizes are those of the image. */
  public static final SizeCondition NONE =
      new SizeCondition(Optional.empty(), 0, 0, Optional.empty());

  private static final int LARGEST = 1 << 16;

  /** A width and a height in pixels, at least 1. */
  public record Pixels(int width, int height) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is outside
     */
    public Pixels {
      if (width < 1 || width > LARGEST || height < 1 || height > LARGEST) {
        throw new IllegalArgumentException(
            "a size must be 1 × 1 to 65536 × 65536 pixels, not " + width + " × " + height);
      }
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is outside
   */
  public SizeCondition {
    if (cropLeft < 0 || cropLeft > LARGEST || cropTop < 0 || cropTop > LARGEST) {
      throw new IllegalArgumentException(
          "a crop must be 0 to 65536 pixels from the left and from the top, not "
              + cropLeft
              + " and "
              + cropTop);
    }
  }

  /**
   * The numbers that the UNet gets for one image of this size.
   *
   * @return height and width of the original, top and left of the crop, height and width of the
   *     target
   */
  public float[] timeIds(int width, int height) {
    Pixels own = new Pixels(width, height);
    Pixels before = original.orElse(own);
    Pixels after = target.orElse(own);
    return new float[] {before.height, before.width, cropTop, cropLeft, after.height, after.width};
  }
}
