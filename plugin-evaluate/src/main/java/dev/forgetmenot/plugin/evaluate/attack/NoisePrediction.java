package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.PredictionType;

/**
 * What a prediction says of a sample x_t = √ᾱ·x₀ + √(1−ᾱ)·ε, whatever the model predicts.
 *
 * @param type what is predicted
 * @param kept ᾱ of the timestep, in (0, 1)
 */
record NoisePrediction(PredictionType type, double kept) {
  /**
   * The image that is predicted, x̂₀.
   *
   * @param prediction (b, c, h, w)
   * @param sample x_t (b, c, h, w)
   * @return a new array
   */
  NDArray image(NDArray prediction, NDArray sample) {
    double root = Math.sqrt(kept);
    double noise = Math.sqrt(1 - kept);
    return switch (type) {
      case EPSILON -> sum(sample, 1 / root, prediction, -noise / root);
      case V_PREDICTION -> sum(sample, root, prediction, -noise);
      case SAMPLE -> prediction.duplicate();
    };
  }

  /** The noise that is predicted, ε̂; arguments as in {@link #image}. */
  NDArray noise(NDArray prediction, NDArray sample) {
    double root = Math.sqrt(kept);
    double noise = Math.sqrt(1 - kept);
    return switch (type) {
      case EPSILON -> prediction.duplicate();
      case V_PREDICTION -> sum(prediction, root, sample, noise);
      case SAMPLE -> sum(sample, 1 / noise, prediction, -root / noise);
    };
  }

  /** a·x + b·y, a new array. */
  static NDArray sum(NDArray x, double a, NDArray y, double b) {
    try (NDArray left = x.mul(a);
        NDArray right = y.mul(b)) {
      return left.add(right);
    }
  }
}
