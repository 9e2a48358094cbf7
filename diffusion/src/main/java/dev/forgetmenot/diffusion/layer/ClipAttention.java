package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.Ops;

/** Self attention of a CLIP layer. */
final class ClipAttention {
  private final Ops ops;
  private final int heads;
  private final boolean causal;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear out;

  ClipAttention(ModulePath scope, int width, int heads, boolean causal) {
    ops = scope.ops();
    this.heads = heads;
    this.causal = causal;
    key = new Linear(scope.in("k_proj"), width, width, true);
    value = new Linear(scope.in("v_proj"), width, width, true);
    query = new Linear(scope.in("q_proj"), width, width, true);
    out = new Linear(scope.in("out_proj"), width, width, true);
  }

  /** (b, n, d) to the same. */
  NDArray forward(NDArray x) {
    try (NDArray q = query.forward(x);
        NDArray k = key.forward(x);
        NDArray v = value.forward(x);
        NDArray mixed = ops.attention(q, k, v, heads, causal)) {
      return out.forward(mixed);
    }
  }
}
