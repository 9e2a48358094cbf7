package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/**
 * An image's mask at the resolution of one layer. For the engine thread.
 *
 * @param weights (1, p, 1), or null where every pixel counts fully
 * @param total sum of the weights
 */
record AttentionMask(NDArray weights, double total) implements AutoCloseable {
  /**
   * Fits a mask to a layer, whose feature map is a square.
   *
   * @param pixels p
   */
  static AttentionMask of(Optional<PixelMask> mask, long pixels, NDManager manager) {
    if (mask.isEmpty()) {
      return new AttentionMask(null, pixels);
    }
    int side = (int) Math.round(Math.sqrt((double) pixels));
    if ((long) side * side != pixels) {
      throw new IllegalArgumentException(
          "masks are for square images; a layer has " + pixels + " pixels");
    }
    float[] values = mask.get().resized(side);
    double total = 0;
    for (float value : values) {
      total += value;
    }
    try (NDArray wrapped = manager.create(values, new Shape(1, pixels, 1))) {
      return new AttentionMask(wrapped.duplicate(), total); // a graph keeps it: the engine's memory
    }
  }

  /**
   * The probabilities, each pixel's times its weight.
   *
   * @param probabilities (h, p, n), closed unless it is the result
   */
  NDArray apply(NDArray probabilities) {
    if (weights == null) {
      return probabilities;
    }
    try (probabilities) {
      return probabilities.mul(weights);
    }
  }

  @Override
  public void close() {
    if (weights != null) {
      weights.close();
    }
  }
}
