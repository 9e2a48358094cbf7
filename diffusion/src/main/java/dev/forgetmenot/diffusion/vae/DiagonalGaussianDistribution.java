package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;

/**
 * The normal distribution of an image's latents, before the scaling factor. Closing it closes both
 * arrays.
 *
 * @param mean (b, c, h, w)
 * @param logvar logarithm of the variance (b, c, h, w), in [-30, 20]
 */
public record DiagonalGaussianDistribution(NDArray mean, NDArray logvar) implements AutoCloseable {
  /**
   * mean + exp(logvar / 2) · noise.
   *
   * @param noise standard normal numbers (b, c, h, w); stays open
   * @return (b, c, h, w), of the manager of the mean
   */
  public NDArray sample(NDArray noise) {
    try (NDArray half = logvar.mul(0.5f);
        NDArray deviation = half.exp();
        NDArray scaled = deviation.mul(noise)) {
      return mean.add(scaled);
    }
  }

  @Override
  public void close() {
    mean.close();
    logvar.close();
  }
}
