package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;

/**
 * The normal distribution of images' latents, times the scaling factor. Closing it closes both
 * arrays.
 *
 * @param mean (b, c, h, w)
 * @param deviation standard deviation (b, c, h, w), above 0
 */
public record LatentDistribution(NDArray mean, NDArray deviation) implements AutoCloseable {
  @Override
  public void close() {
    mean.close();
    deviation.close();
  }
}
