package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionModifier;
import dev.forgetmenot.api.training.ScalarOps;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.files.Message;

/**
 * Attention to the prompt or of the feature map to itself; the seam for observers and modifiers.
 */
final class CrossAttention {
  private final Ops ops;
  private final AttentionLayer site;
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;

  CrossAttention(ModulePath scope, int width, int contextWidth, int heads, boolean cross) {
    ops = scope.ops();
    site = new AttentionLayer(scope.path(), heads, cross);
    toQ = new Linear(scope.in("to_q"), width, width, false);
    toK = new Linear(scope.in("to_k"), contextWidth, width, false);
    toV = new Linear(scope.in("to_v"), contextWidth, width, false);
    toOut = new Linear(scope.in("to_out.0"), width, width, true);
  }

  AttentionLayer site() {
    return site;
  }

  /**
   * (b, p, c) to the same.
   *
   * @param context (b, n, d); x itself for self attention
   * @return null if the pass ends here
   */
  NDArray forward(NDArray x, NDArray context, ForwardPass pass) {
    try (NDArray q = toQ.forward(x);
        ModelParameter.Use k = pass.linear(toK, context)) {
      if (pass.touches(site)) {
        return LayerChain.owning(watched(q, k.array(), context, pass)).then(toOut::forward).get();
      }
      try (ModelParameter.Use v = pass.linear(toV, context)) {
        return LayerChain.owning(ops.attention(q, k.array(), v.array(), site.heads(), false))
            .then(toOut::forward)
            .get();
      }
    }
  }

  /** The same as the fused operator, with the probabilities formed and shown. */
  private NDArray watched(NDArray q, NDArray k, NDArray context, ForwardPass pass) {
    Shape shape = q.getShape(); // (b, p, c)
    AttentionHooks hooks = pass.hooks();
    double scale = 1 / Math.sqrt((double) shape.get(2) / site.heads());
    try (ArrayScope t = new ArrayScope(q)) {
      NDArray queries = heads(ops.float32(t.view(q)));
      NDArray keys = heads(ops.float32(t.view(k)));
      NDArray scores = ScalarOps.by(queries.matMul(keys.transpose(0, 2, 1)), scale);
      NDArray probabilities =
          t.result(scores.softmax(-1)); // of the caller: what hooks make of it lives on
      NDArray used = probabilities;
      try {
        for (AttentionModifier modifier : hooks.modifiers()) {
          if (modifier.modifies(site)) {
            NDArray next = modifier.modify(site, used);
            check(next, used);
            if (next != used) {
              used.close();
              used = next;
            }
          }
        }
        hooks.observe(site, used);
        if (pass.endsAt(site)) {
          return null;
        }
        try (ModelParameter.Use v = pass.linear(toV, context)) {
          NDArray values = heads(ops.float32(t.view(v.array())));
          NDArray mixed = t.take(used.matMul(values)); // (b·H, p, c/H)
          return t.result(
              mixed
                  .reshape(shape.get(0), site.heads(), shape.get(1), -1)
                  .transpose(0, 2, 1, 3)
                  .reshape(shape));
        }
      } finally {
        used.close();
      }
    }
  }

  private void check(NDArray next, NDArray before) {
    if (!next.getShape().equals(before.getShape())) {
      throw new IllegalStateException(
          Message.of(
              "a modifier turned the attention of %s from %s into %s; the shape must stay",
              site.name(), before.getShape(), next.getShape()));
    }
  }

  /** (b, p, c) to (b·H, p, c/H), batch-major. */
  private NDArray heads(NDArray x) {
    Shape shape = x.getShape();
    long width = shape.get(2) / site.heads();
    return x.reshape(shape.get(0), shape.get(1), site.heads(), width)
        .transpose(0, 2, 1, 3)
        .reshape(-1, shape.get(1), width);
  }
}
