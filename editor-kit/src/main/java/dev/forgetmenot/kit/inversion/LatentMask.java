package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.kit.train.PixelMask;

/**
 * How much each place of the latents counts in a loss, with the mean 1.
 *
 * @param height of the latents
 * @param width of the latents
 * @param weights height · width numbers above 0
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record LatentMask(int height, int width, float[] weights) {
  /** What the places outside of the mask still count. */
  private static final double FLOOR = 0.05;

  /** A mask m in [0, 1] as weights: (m + 0.05) / mean(m + 0.05). */
  public static LatentMask of(int height, int width, float[] mask) {
    double mean = 0;
    for (float value : mask) {
      mean += (value + FLOOR) / mask.length;
    }
    float[] weights = new float[mask.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) ((mask[i] + FLOOR) / mean);
    }
    return new LatentMask(height, width, weights);
  }

  /** A mask brought to the size of latents: the nearest pixel. */
  static LatentMask of(PixelMask mask, int height, int width) {
    int side = mask.side();
    float[] nearest = new float[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        nearest[y * width + x] = mask.weights()[y * side / height * side + x * side / width];
      }
    }
    return of(height, width, nearest);
  }
}
