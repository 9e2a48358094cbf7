package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.PredictionType;

/** The forward process that the model was trained with. */
public interface NoiseSchedule {
  /** Number of training timesteps T. */
  int trainSteps();

  /** What the UNet predicts. */
  PredictionType predictionType();

  /**
   * √ᾱₜ·x₀ + √(1−ᾱₜ)·ε.
   *
   * @param sample x₀ (b, c, h, w)
   * @param noise ε (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @return (b, c, h, w), a new array
   */
  NDArray addNoise(NDArray sample, NDArray noise, int[] timesteps);

  /** √ᾱₜ·ε − √(1−ᾱₜ)·x₀; arguments as in {@link #addNoise}. */
  NDArray velocity(NDArray sample, NDArray noise, int[] timesteps);
}
