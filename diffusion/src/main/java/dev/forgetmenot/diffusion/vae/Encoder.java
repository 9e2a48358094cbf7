package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.Downsample2D;
import dev.forgetmenot.diffusion.layer.GroupNorm;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Images to what the posterior is read from. */
final class Encoder {
  static final double EPS = 1e-6;

  private final List<UnaryOperator<NDArray>> layers = new ArrayList<>();

  Encoder(ModulePath scope, VaeConfig config) {
    List<Integer> channels = config.blockOutChannels();
    layers.add(Conv2d.same(scope.in("conv_in"), config.inChannels(), channels.get(0), 3)::forward);
    int in = channels.get(0);
    for (int i = 0; i < channels.size(); i++) {
      ModulePath block = scope.in("down_blocks." + i);
      int out = channels.get(i);
      for (int j = 0; j < config.layersPerBlock(); j++) {
        ResnetBlock2D resnet =
            new ResnetBlock2D(block.in("resnets." + j), in, out, 0, config.normGroups(), EPS);
        layers.add(x -> resnet.forward(x, null));
        in = out;
      }
      if (i < channels.size() - 1) {
        layers.add(new Downsample2D(block.in("downsamplers.0"), out, 0)::forward);
      }
    }
    layers.add(new VaeMidBlock2D(scope.in("mid_block"), config, EPS)::forward);
    layers.add(new GroupNorm(scope.in("conv_norm_out"), in, config.normGroups(), EPS)::silu);
    layers.add(Conv2d.exact(scope.in("conv_out"), in, 2L * config.latentChannels(), 3)::forward);
  }

  /** (b, c, H, W) to (b, 2c', h, w). */
  NDArray forward(NDArray x) {
    LayerChain flow = LayerChain.from(x);
    layers.forEach(flow::then);
    return flow.get();
  }
}
