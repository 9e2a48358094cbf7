package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;

/** Noise that a stochastic sampler draws in a step. */
final class FreshNoise {
  private FreshNoise() {}

  /** Standard normal numbers in the shape of another array, on its manager. */
  static NDArray like(NDArray other, NoiseSource noise) {
    float[] numbers = noise.normal(Math.toIntExact(other.size()));
    return other.getManager().create(numbers, other.getShape());
  }

  /** The array plus fresh noise of a standard deviation; closes the array. */
  static NDArray added(NDArray to, double deviation, NoiseSource noise) {
    try (NDArray sum = to;
        NDArray fresh = like(sum, noise)) {
      return WeightedSum.of(1, sum, deviation, fresh);
    }
  }
}
