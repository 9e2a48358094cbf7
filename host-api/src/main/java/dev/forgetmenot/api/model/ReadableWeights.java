package dev.forgetmenot.api.model;

import java.util.Set;

/**
 * The weights of a loaded model by canonical name: the component ({@code unet}, {@code
 * text_encoder}, {@code vae}), a slash, and diffusers' parameter name, such as {@code
 * unet/conv_in.weight}. Values in row-major order. For the engine thread.
 */
public interface ReadableWeights {
  /** All names, in the order of the component files. */
  Set<String> names();

  /**
   * The shape of a weight.
   *
   * @throws IllegalArgumentException if there is no such weight; the message names near ones
   */
  long[] shape(String name);

  /** A copy of the values that the model uses now. */
  float[] current(String name);

  /** A copy of the values of the base: what the files hold, widened to float. */
  float[] base(String name);
}
