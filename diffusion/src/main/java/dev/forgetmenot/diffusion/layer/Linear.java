package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.ReducedOps;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.Optional;

/** x Wᵀ + b on the last axis. */
public final class Linear {
  private final Ops ops;
  private final ModelParameter weight; // (out, in)
  private final ModelParameter bias; // (out), or null

  /** A layer from {@code in} to {@code out} numbers. */
  public Linear(ModulePath scope, long in, long out, boolean hasBias) {
    ops = scope.ops();
    weight = scope.weight("weight", out, in);
    bias = hasBias ? scope.weight("bias", out) : null;
  }

  /** (..., in) to (..., out). */
  public NDArray forward(NDArray x) {
    Optional<ReducedOps> reduced = ops.reduced();
    return reduced.isPresent() ? reduced(x, reduced.get()) : plain(x);
  }

  private NDArray reduced(NDArray x, ReducedOps narrow) {
    try (ModelParameter.Use w = weight.packed(narrow::packMatrix)) {
      return narrow.linear(x, w.array(), bias == null ? null : bias.array());
    }
  }

  private NDArray plain(NDArray x) {
    NDArray y;
    try (ModelParameter.Use w = weight.use()) {
      y = linear(x, w.array(), bias == null ? null : bias.array());
    }
    return LoraLayer.add(
        x, y, weight, (in, down) -> linear(in, down, null), (in, up) -> linear(in, up, null));
  }

  private static NDArray linear(NDArray x, NDArray w, NDArray b) {
    return ai.djl.nn.core.Linear.linear(x, w, b).singletonOrThrow();
  }
}
