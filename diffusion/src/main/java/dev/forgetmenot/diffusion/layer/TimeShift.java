package dev.forgetmenot.diffusion.layer;

import dev.forgetmenot.diffusion.weights.ModelParameter;

/** The time of a pass, as residual blocks see it. For the engine thread. */
@FunctionalInterface
public interface TimeShift {
  /**
   * A linear layer's output for SiLU of the time embedding.
   *
   * @param projection from the embedding's width to c channels
   * @return (b, c), or (1, c) where all of the batch have one time; the caller closes it
   */
  ModelParameter.Use of(Linear projection);
}
