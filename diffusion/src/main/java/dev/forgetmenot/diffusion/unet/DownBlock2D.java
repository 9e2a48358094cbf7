package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.Downsample2D;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;
import dev.forgetmenot.diffusion.layer.TimeShift;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One resolution on the way down; with attention it is diffusers' CrossAttnDownBlock2D. */
final class DownBlock2D {
  private final List<ResnetBlock2D> resnets = new ArrayList<>();
  private final List<Transformer2DModel> attentions = new ArrayList<>(); // empty without attention
  private final Downsample2D downsampler; // null in the last block

  DownBlock2D(ModulePath scope, UNetConfig config, int index) {
    int out = config.blockOutChannels().get(index);
    int in = config.blockOutChannels().get(Math.max(0, index - 1));
    for (int i = 0; i < config.layersPerBlock().get(index); i++) {
      if (config.downCross().get(index)) {
        attentions.add(
            new Transformer2DModel(
                scope.in("attentions." + i),
                AttentionShape.of(config, index),
                out,
                config.transformerLayers().get(index)));
      }
      resnets.add(
          new ResnetBlock2D(
              scope.in("resnets." + i),
              i == 0 ? in : out,
              out,
              config.timeWidth(),
              config.normGroups(),
              config.normEps()));
    }
    boolean last = index == config.blockOutChannels().size() - 1;
    downsampler =
        last ? null : new Downsample2D(scope.in("downsamplers.0"), out, config.downsamplePadding());
  }

  List<AttentionLayer> attentionSites() {
    return attentions.stream().flatMap(attention -> attention.attentionSites().stream()).toList();
  }

  /**
   * Runs the block, as far down as the pass goes.
   *
   * @param x (b, c, h, w)
   * @param skips gets what each layer leaves for the way up; whoever takes it closes it
   * @return the last of the skips, or null if the pass has ended
   */
  NDArray forward(
      NDArray x, TimeShift time, NDArray context, ForwardPass pass, Deque<NDArray> skips) {
    NDArray head = x;
    for (int i = 0; i < resnets.size() && !pass.features().leavesOut(skips.size()); i++) {
      int layer = i;
      head = pass.segment(inputs -> layer(layer, inputs[0], time, inputs[1], pass), head, context);
      if (head == null) {
        return null;
      }
      skips.push(head);
    }
    if (downsampler != null && !pass.features().leavesOut(skips.size())) {
      head = pass.segment(inputs -> downsampler.forward(inputs[0]), head);
      skips.push(head);
    }
    return head;
  }

  private NDArray layer(int i, NDArray x, TimeShift time, NDArray context, ForwardPass pass) {
    LayerChain flow = LayerChain.from(x).then(h -> resnets.get(i).forward(h, time));
    if (!attentions.isEmpty()) {
      flow.then(h -> attentions.get(i).forward(h, context, pass));
    }
    return flow.get();
  }
}
