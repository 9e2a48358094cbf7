package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;
import dev.forgetmenot.diffusion.layer.TimeShift;
import dev.forgetmenot.diffusion.layer.Upsample2D;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One resolution on the way up; with attention it is diffusers' CrossAttnUpBlock2D. */
final class UpBlock2D {
  private final Ops ops;
  private final List<ResnetBlock2D> resnets = new ArrayList<>();
  private final List<Transformer2DModel> attentions = new ArrayList<>(); // empty without attention
  private final Upsample2D upsampler; // null in the last block
  private final int deepest; // the skip connection of its first layer, 0 the outermost

  /**
   * Builds a block.
   *
   * @param index its place on the way up, 0 for the smallest resolution
   * @param deepest the skip connection that its first layer takes, counted from the outermost
   */
  UpBlock2D(ModulePath scope, UNetConfig config, int index, int deepest) {
    this.deepest = deepest;
    ops = scope.ops();
    int resolution = config.blockOutChannels().size() - 1 - index;
    int out = config.blockOutChannels().get(resolution);
    int below = index == 0 ? out : config.blockOutChannels().get(resolution + 1);
    int above = config.blockOutChannels().get(Math.max(0, resolution - 1));
    int layers = config.layersPerBlock().get(resolution) + 1;
    for (int i = 0; i < layers; i++) {
      if (config.upCross().get(index)) {
        attentions.add(
            new Transformer2DModel(
                scope.in("attentions." + i),
                AttentionShape.of(config, resolution),
                out,
                config.upTransformerLayers().get(index)));
      }
      int skip = i == layers - 1 ? above : out;
      resnets.add(
          new ResnetBlock2D(
              scope.in("resnets." + i),
              (i == 0 ? below : out) + skip,
              out,
              config.timeWidth(),
              config.normGroups(),
              config.normEps()));
    }
    upsampler = resolution == 0 ? null : new Upsample2D(scope.in("upsamplers.0"), out);
  }

  /** The skip connection that the block above begins with. */
  int above() {
    return deepest - resnets.size();
  }

  List<AttentionLayer> attentionSites() {
    return attentions.stream().flatMap(attention -> attention.attentionSites().stream()).toList();
  }

  /**
   * Runs the block, or what the pass does not leave out of it.
   *
   * @param x (b, c, h, w), closed by this; of a pass that takes it from an earlier one, what enters
   *     its first layer that runs
   * @param skips what the way down left, the newest first; what is taken is closed
   * @return (b, c', h', w') with the size of the next skip, or null if the pass has ended
   */
  NDArray forward(
      NDArray x, TimeShift time, NDArray context, ForwardPass pass, Deque<NDArray> skips) {
    LayerChain flow = LayerChain.owning(x);
    for (int i = 0; i < resnets.size(); i++) {
      if (flow.ended()) {
        return null;
      }
      int place = deepest - i;
      if (pass.features().leavesOut(place)) {
        continue;
      }
      pass.features().enters(place, flow.get());
      int layer = i;
      try (NDArray skip = skips.pop()) {
        flow.then(
            h ->
                pass.segment(
                    inputs -> layer(layer, inputs[0], inputs[1], time, inputs[2], pass),
                    h,
                    skip,
                    context));
      }
    }
    if (upsampler != null && !flow.ended() && !pass.features().leavesOut(above() + 1)) {
      // Twice the size, or one less where halving had rounded up.
      Shape next = skips.element().getShape();
      flow.then(
          h -> pass.segment(inputs -> upsampler.forward(inputs[0], next.get(2), next.get(3)), h));
    }
    return flow.get();
  }

  private NDArray layer(
      int i, NDArray x, NDArray skip, TimeShift time, NDArray context, ForwardPass pass) {
    LayerChain flow =
        LayerChain.owning(ops.concat(x, skip)).then(h -> resnets.get(i).forward(h, time));
    if (!attentions.isEmpty()) {
      flow.then(h -> attentions.get(i).forward(h, context, pass));
    }
    return flow.get();
  }
}
