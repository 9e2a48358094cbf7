package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.MixedOps;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.PackedOps;
import dev.forgetmenot.diffusion.engine.ProductForm;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.Optional;
import java.util.OptionalLong;

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

  /** The {@link ModelParameter#version} of all weights; empty where one has none. */
  public OptionalLong version() {
    OptionalLong own = weight.version();
    OptionalLong other = bias == null ? OptionalLong.of(0) : bias.version();
    return sum(own, other);
  }

  /** The version of what is made of both; empty where one is. */
  public static OptionalLong sum(OptionalLong one, OptionalLong other) {
    return one.isPresent() && other.isPresent()
        ? OptionalLong.of(one.getAsLong() + other.getAsLong())
        : OptionalLong.empty();
  }

  /** (..., in) to (..., out). */
  public NDArray forward(NDArray x) {
    Optional<PackedOps> packed = ops.packed();
    return packed.isPresent() ? packed(x, packed.get()) : plain(x);
  }

  private NDArray packed(NDArray x, PackedOps products) {
    NDArray b = bias == null ? null : bias.array();
    ProductForm form = products.formOf(x, weight.shape(), weight::readOnce, b);
    try (ModelParameter.Use w =
        form == ProductForm.PACKED ? weight.packed(products::packMatrix) : weight.use()) {
      return products.linear(form, x, w.array(), b);
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

  private NDArray linear(NDArray x, NDArray w, NDArray b) {
    Optional<MixedOps> mixed = ops.mixed();
    if (mixed.isPresent()) {
      return mixed.get().linear(x, w, b);
    }
    return ai.djl.nn.core.Linear.linear(x, w, b).singletonOrThrow();
  }
}
