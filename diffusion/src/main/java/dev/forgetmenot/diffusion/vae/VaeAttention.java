package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.GroupNorm;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;

/** Attention of a feature map to itself with one head, and a way around. */
final class VaeAttention {
  private final Ops ops;
  private final GroupNorm groupNorm;
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;

  VaeAttention(ModulePath scope, int channels, int groups, double eps) {
    ops = scope.ops();
    groupNorm = new GroupNorm(scope.in("group_norm"), channels, groups, eps);
    toQ = new Linear(scope.in("to_q"), channels, channels, true);
    toK = new Linear(scope.in("to_k"), channels, channels, true);
    toV = new Linear(scope.in("to_v"), channels, channels, true);
    toOut = new Linear(scope.in("to_out.0"), channels, channels, true);
  }

  /** (b, c, h, w) to the same. */
  NDArray forward(NDArray x) {
    Shape shape = x.getShape();
    return LayerChain.from(x)
        .then(h -> h.reshape(shape.get(0), shape.get(1), -1))
        .then(groupNorm::forward)
        .then(h -> h.transpose(0, 2, 1))
        .then(this::attend)
        .then(h -> h.transpose(0, 2, 1))
        .then(h -> h.reshape(shape))
        .then(x::add)
        .get();
  }

  /** (b, p, c) to the same. */
  private NDArray attend(NDArray x) {
    try (NDArray q = toQ.forward(x);
        NDArray k = toK.forward(x);
        NDArray v = toV.forward(x);
        NDArray mixed = ops.attention(q, k, v, 1, false)) {
      return toOut.forward(mixed);
    }
  }
}
