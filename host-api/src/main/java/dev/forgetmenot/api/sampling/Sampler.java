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

  /**
   * How many of the {@link #timesteps} one step of a request takes: 2 where the model is called
   * twice a step, such as Heun's method; diffusers' {@code order}. A run that begins in the middle,
   * at step k, begins at index k · {@code order()}.
   */
  default int order() {
    return 1;
  }

  /** What the first noise is multiplied by. */
  double initNoiseSigma();

  /**
   * A clean sample with the noise that {@link #step} expects at an index: where image-to-image
   * begins. At the first index without a sample it is the noise times {@link #initNoiseSigma}, or
   * nearly so.
   *
   * @param sample x₀ (b, c, h, w)
   * @param noise ε (b, c, h, w), standard normal
   * @param index index into {@link #timesteps}
   * @return (b, c, h, w), a new array
   * @throws UnsupportedOperationException if the sampler cannot begin in the middle
   */
  default NDArray addNoise(NDArray sample, NDArray noise, int index) {
    throw new UnsupportedOperationException(
        "this sampler cannot begin with an image; expected one that has addNoise, such as ddim or"
            + " euler: choose another sampler");
  }

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
   * @param index index into {@link #timesteps}; the first call's may be any multiple of {@link
   *     #order}, and the others follow it in order
   * @param sample (b, c, h, w), the state before the step
   * @param noise where stochastic samplers draw from
   * @return (b, c, h, w), a new array: the state after the step
   */
  NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise);

  /** Frees what the sampler keeps between steps. */
  @Override
  void close();
}
