package dev.forgetmenot.api.sampling;

import ai.djl.ndarray.NDArray;

/**
 * One way of going from noise to an image; holds the state of one run. Mutable, for one thread at a
 * time. The caller closes the arrays that it gives and gets; arrays that a sampler keeps between
 * steps are attached to the manager of the sample and freed by {@link #close}.
 */
public interface Sampler extends AutoCloseable {
  /**
   * The timesteps in the order in which they are run, in [0, training steps). May hold fractions.
   */
  double[] timesteps();

  /** What the first noise is multiplied by. */
  double initNoiseSigma();

  /**
   * Scales the sample before the UNet sees it.
   *
   * @param sample (b, c, h, w)
   * @param index index into {@link #timesteps}
   * @return a new array, or {@code sample} itself where nothing is to be scaled
   */
  NDArray scaleModelInput(NDArray sample, int index);

  /**
   * One step towards the image.
   *
   * @param modelOutput (b, c, h, w), what the UNet predicted, of the model's prediction type
   * @param index index into {@link #timesteps}; steps are taken in order
   * @param sample (b, c, h, w), the state before the step
   * @param noise where stochastic samplers draw from
   * @return (b, c, h, w), a new array: the state after the step
   */
  NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise);

  /** Frees what the sampler keeps between steps. */
  @Override
  void close();
}
