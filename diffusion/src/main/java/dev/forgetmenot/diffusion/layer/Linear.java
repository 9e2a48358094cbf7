package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.weights.Weight;

/** x Wᵀ + b on the last axis. */
public final class Linear {
  private final Weight weight; // (out, in)
  private final Weight bias; // (out), or null

  /** A layer from {@code in} to {@code out} numbers. */
  public Linear(LayerScope scope, long in, long out, boolean hasBias) {
    weight = scope.weight("weight", out, in);
    bias = hasBias ? scope.weight("bias", out) : null;
  }

  /** (..., in) to (..., out). */
  public NDArray forward(NDArray x) {
    NDArray y;
    try (Weight.Use w = weight.use()) {
      y = linear(x, w.array(), bias == null ? null : bias.array());
    }
    return AdapterPath.add(
        x, y, weight, (in, down) -> linear(in, down, null), (in, up) -> linear(in, up, null));
  }

  private static NDArray linear(NDArray x, NDArray w, NDArray b) {
    return ai.djl.nn.core.Linear.linear(x, w, b).singletonOrThrow();
  }
}
