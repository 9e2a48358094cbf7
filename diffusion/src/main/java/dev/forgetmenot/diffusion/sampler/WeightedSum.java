package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;

/** Weighted sums of arrays, without leaving anything behind. */
final class WeightedSum {
  private WeightedSum() {}

  /** a·x + b·y as a new array, the weights rounded to float32. */
  static NDArray of(double a, NDArray x, double b, NDArray y) {
    try (NDArray scaled = y.mul((float) b)) {
      NDArray sum = x.mul((float) a);
      sum.addi(scaled);
      return sum;
    }
  }
}
