package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;
import dev.forgetmenot.diffusion.layer.TimeShift;
import java.util.List;

/** The lowest resolution: attention between two residual blocks. */
final class UNetMidBlock2DCrossAttn {
  private final Transformer2DModel attention;
  private final ResnetBlock2D before;
  private final ResnetBlock2D after;

  UNetMidBlock2DCrossAttn(ModulePath scope, UNetConfig config) {
    int last = config.blockOutChannels().size() - 1;
    int channels = config.blockOutChannels().get(last);
    attention =
        new Transformer2DModel(
            scope.in("attentions.0"),
            AttentionShape.of(config, last),
            channels,
            config.transformerLayers().get(last));
    before = resnet(scope.in("resnets.0"), config, channels);
    after = resnet(scope.in("resnets.1"), config, channels);
  }

  private static ResnetBlock2D resnet(ModulePath scope, UNetConfig config, int channels) {
    return new ResnetBlock2D(
        scope, channels, channels, config.timeWidth(), config.normGroups(), config.normEps());
  }

  List<AttentionLayer> attentionSites() {
    return attention.attentionSites();
  }

  /** (b, c, h, w) to the same, or null if the pass has ended; time (b, t) after SiLU. */
  NDArray forward(NDArray x, TimeShift time, NDArray context, ForwardPass pass) {
    return LayerChain.from(x)
        .then(h -> before.forward(h, time))
        .then(h -> attention.forward(h, context, pass))
        .then(h -> after.forward(h, time))
        .get();
  }
}
