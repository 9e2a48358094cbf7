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
   * ᾱ₀ … ᾱ₍T₋₁₎, diffusers' {@code alphas_cumprod}: how much of the clean sample's variance is left
   * at each timestep, falling from nearly 1 to nearly 0 (to 0 with {@code rescale_betas_zero_snr}).
   *
   * @return T values of float32 precision, a new array
   */
  double[] alphasCumprod();

  /**
   * The noise level √((1−ᾱₜ)/ᾱₜ) (Karras et al., arXiv 2206.00364); infinite where ᾱₜ is 0.
   *
   * @param timestep in [0, T)
   * @throws IllegalArgumentException if it is outside
   */
  double sigma(int timestep);

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
