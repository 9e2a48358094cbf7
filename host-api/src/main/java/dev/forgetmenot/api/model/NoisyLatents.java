package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;

/**
 * What the UNet sees at one step of a generation.
 *
 * @param timestep t, in [0, T)
 * @param latents xₜ (b, c, h, w) as the forward process has them, whatever the sampler's own scale
 */
public record NoisyLatents(double timestep, NDArray latents) implements AutoCloseable {
  @Override
  public void close() {
    latents.close();
  }
}
