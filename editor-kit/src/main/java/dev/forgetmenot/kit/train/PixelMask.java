package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.model.RgbImage;

/**
 * How much each pixel of an image counts.
 *
 * @param side height and width
 * @param weights side · side numbers in [0, 1], row by row; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record PixelMask(int side, float[] weights) {
  /** Checks the size. */
  public PixelMask {
    if (weights.length != side * side) {
      throw new IllegalArgumentException(
          "a mask of side " + side + " has " + side * side + " numbers, not " + weights.length);
    }
  }

  /** The mask that a square grey image stands for: white counts, black does not. */
  static PixelMask of(RgbImage image) {
    float[] weights = new float[image.width() * image.height()];
    for (int i = 0; i < weights.length; i++) {
      int sum = 0;
      for (int c = 0; c < 3; c++) {
        sum += image.rgb()[3 * i + c] & 0xff;
      }
      weights[i] = sum / (3 * 255f);
    }
    return new PixelMask(image.width(), weights);
  }

  /** Whether no pixel counts. */
  boolean empty() {
    for (float weight : weights) {
      if (weight > 0) {
        return false;
      }
    }
    return true;
  }

  /** The mask of the image flipped left to right. */
  public PixelMask flipped() {
    float[] result = new float[weights.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        result[y * side + x] = weights[y * side + side - 1 - x];
      }
    }
    return new PixelMask(side, result);
  }

  /**
   * The mask for a feature map: each cell's mean over the pixels that it touches.
   *
   * @param to height and width of the map, at least 1
   * @return to · to numbers, row by row
   */
  public float[] resized(int to) {
    float[] result = new float[to * to];
    for (int y = 0; y < to; y++) {
      for (int x = 0; x < to; x++) {
        result[y * to + x] = mean(from(x, to), end(x, to), from(y, to), end(y, to));
      }
    }
    return result;
  }

  private int from(int cell, int to) {
    return cell * side / to;
  }

  private int end(int cell, int to) {
    return ((cell + 1) * side + to - 1) / to;
  }

  private float mean(int left, int right, int top, int bottom) {
    double sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += weights[y * side + x];
      }
    }
    return (float) (sum / ((right - left) * (bottom - top)));
  }
}
