package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.ResnetBlock2D;

/** The lowest resolution: two residual blocks, mostly with attention between them. */
final class VaeMidBlock2D {
  private final VaeAttention attention; // null without
  private final ResnetBlock2D before;
  private final ResnetBlock2D after;

  VaeMidBlock2D(ModulePath scope, VaeConfig config, double eps) {
    int channels = config.blockOutChannels().get(config.blockOutChannels().size() - 1);
    int groups = config.normGroups();
    attention =
        config.midAttention()
            ? new VaeAttention(scope.in("attentions.0"), channels, groups, eps)
            : null;
    before = new ResnetBlock2D(scope.in("resnets.0"), channels, channels, 0, groups, eps);
    after = new ResnetBlock2D(scope.in("resnets.1"), channels, channels, 0, groups, eps);
  }

  /** (b, c, h, w) to the same. */
  NDArray forward(NDArray x) {
    LayerChain flow = LayerChain.from(x).then(h -> before.forward(h, null));
    if (attention != null) {
      flow.then(attention::forward);
    }
    return flow.then(h -> after.forward(h, null)).get();
  }
}
