package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.Ops;

/** The activations that configurations name. */
public enum Activation {
  /** x · Φ(x). */
  GELU,
  /** x · sigmoid(1.702 x). */
  QUICK_GELU;

  /** Applies it to any shape. */
  public NDArray apply(Ops ops, NDArray x) {
    return this == GELU ? ops.gelu(x) : ops.quickGelu(x);
  }
}
