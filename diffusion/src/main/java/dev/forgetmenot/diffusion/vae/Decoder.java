package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.GroupNorm;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;
import dev.forgetmenot.diffusion.layer.Upsample2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Latents to images. */
final class Decoder {
  private static final double EPS = Encoder.EPS;

  private final List<UnaryOperator<NDArray>> layers = new ArrayList<>();

  Decoder(ModulePath scope, VaeConfig config) {
    List<Integer> channels = config.blockOutChannels();
    int in = channels.get(channels.size() - 1);
    layers.add(Conv2d.same(scope.in("conv_in"), config.latentChannels(), in, 3)::forward);
    layers.add(new VaeMidBlock2D(scope.in("mid_block"), config, EPS)::forward);
    for (int i = 0; i < channels.size(); i++) {
      ModulePath block = scope.in("up_blocks." + i);
      int out = channels.get(channels.size() - 1 - i);
      for (int j = 0; j <= config.layersPerBlock(); j++) {
        ResnetBlock2D resnet =
            new ResnetBlock2D(block.in("resnets." + j), in, out, 0, config.normGroups(), EPS);
        layers.add(x -> resnet.forward(x, null));
        in = out;
      }
      if (i < channels.size() - 1) {
        Upsample2D upsampler = new Upsample2D(block.in("upsamplers.0"), out);
        layers.add(x -> twice(upsampler, x));
      }
    }
    layers.add(new GroupNorm(scope.in("conv_norm_out"), in, config.normGroups(), EPS)::silu);
    layers.add(Conv2d.exact(scope.in("conv_out"), in, config.outChannels(), 3)::forward);
  }

  private static NDArray twice(Upsample2D upsampler, NDArray x) {
    Shape shape = x.getShape();
    return upsampler.forward(x, 2 * shape.get(2), 2 * shape.get(3));
  }

  /** (b, c', h, w) to (b, c, H, W). */
  NDArray forward(NDArray x) {
    LayerChain flow = LayerChain.from(x);
    layers.forEach(flow::then);
    return flow.get();
  }
}
