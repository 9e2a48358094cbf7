package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.LayerNorm;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import java.util.List;

/**
 * Self attention, attention to the prompt and a gated perceptron, each after a norm and with a way
 * around.
 */
final class BasicTransformerBlock {
  private static final double EPS = 1e-5;

  private final Ops ops;
  private final LayerNorm norm1;
  private final CrossAttention attn1;
  private final LayerNorm norm2;
  private final CrossAttention attn2;
  private final LayerNorm norm3;
  private final Linear gate;
  private final Linear out;

  BasicTransformerBlock(ModulePath scope, int width, int contextWidth, int heads) {
    ops = scope.ops();
    norm1 = new LayerNorm(scope.in("norm1"), width, EPS);
    attn1 = new CrossAttention(scope.in("attn1"), width, width, heads, false);
    norm2 = new LayerNorm(scope.in("norm2"), width, EPS);
    attn2 = new CrossAttention(scope.in("attn2"), width, contextWidth, heads, true);
    norm3 = new LayerNorm(scope.in("norm3"), width, EPS);
    gate = new Linear(scope.in("ff.net.0.proj"), width, 8L * width, true);
    out = new Linear(scope.in("ff.net.2"), 4L * width, width, true);
  }

  List<AttentionLayer> attentionSites() {
    return List.of(attn1.site(), attn2.site());
  }

  /** (b, p, c) to the same, or null if the pass has ended. */
  NDArray forward(NDArray x, NDArray context, ForwardPass pass) {
    return LayerChain.from(x)
        .then(
            h ->
                plus(
                    h,
                    LayerChain.from(h).then(norm1::forward).then(n -> attn1.forward(n, n, pass))))
        .then(
            h ->
                plus(
                    h,
                    LayerChain.from(h)
                        .then(norm2::forward)
                        .then(n -> attn2.forward(n, context, pass))))
        .then(
            h ->
                plus(
                    h,
                    LayerChain.from(h)
                        .then(norm3::forward)
                        .then(gate::forward)
                        .then(ops::geglu)
                        .then(out::forward)))
        .get();
  }

  private static NDArray plus(NDArray x, LayerChain branch) {
    if (branch.ended()) {
      return null;
    }
    try (NDArray end = branch.get()) {
      return x.add(end);
    }
  }
}
