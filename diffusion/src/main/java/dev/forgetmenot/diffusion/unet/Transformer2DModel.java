package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.GroupNorm;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Transformer blocks on the pixels of a feature map, with a way around. */
final class Transformer2DModel {
  private static final double EPS = 1e-6;

  private final GroupNorm norm;
  private final UnaryOperator<NDArray> in;
  private final List<BasicTransformerBlock> blocks = new ArrayList<>();
  private final BiFunction<NDArray, Shape, NDArray> out;

  /** A model of {@code depth} blocks. */
  Transformer2DModel(ModulePath scope, AttentionShape shape, int channels, int depth) {
    norm = new GroupNorm(scope.in("norm"), channels, shape.normGroups(), EPS);
    if (shape.linearProjection()) {
      Linear projIn = new Linear(scope.in("proj_in"), channels, channels, true);
      in = x -> LayerChain.from(x).then(Transformer2DModel::pixels).then(projIn::forward).get();
    } else {
      Conv2d projIn = Conv2d.same(scope.in("proj_in"), channels, channels, 1);
      in = x -> LayerChain.from(x).then(projIn::forward).then(Transformer2DModel::pixels).get();
    }
    for (int i = 0; i < depth; i++) {
      blocks.add(
          new BasicTransformerBlock(
              scope.in("transformer_blocks." + i), channels, shape.contextWidth(), shape.heads()));
    }
    if (shape.linearProjection()) {
      Linear projOut = new Linear(scope.in("proj_out"), channels, channels, true);
      out = (x, to) -> LayerChain.from(x).then(projOut::forward).then(h -> map(h, to)).get();
    } else {
      Conv2d projOut = Conv2d.same(scope.in("proj_out"), channels, channels, 1);
      out = (x, to) -> LayerChain.from(x).then(h -> map(h, to)).then(projOut::forward).get();
    }
  }

  List<AttentionLayer> attentionSites() {
    return blocks.stream().flatMap(block -> block.attentionSites().stream()).toList();
  }

  /** (b, c, h, w) to the same, or null if the pass has ended. */
  NDArray forward(NDArray x, NDArray context, ForwardPass pass) {
    Shape shape = x.getShape();
    LayerChain flow = LayerChain.from(x).then(norm::forward).then(in);
    for (BasicTransformerBlock block : blocks) {
      flow.then(h -> block.forward(h, context, pass));
    }
    return flow.then(h -> out.apply(h, shape)).then(x::add).get();
  }

  /** (b, c, h, w) to (b, p, c). */
  private static NDArray pixels(NDArray x) {
    Shape shape = x.getShape();
    try (NDArray flat = x.reshape(shape.get(0), shape.get(1), -1)) {
      return flat.transpose(0, 2, 1);
    }
  }

  /** (b, p, c) to (b, c, h, w). */
  private static NDArray map(NDArray x, Shape shape) {
    try (NDArray channels = x.transpose(0, 2, 1)) {
      return channels.reshape(shape);
    }
  }
}
