package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.config.VaeConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tensors of an autoencoder tell of its configuration: everything but the groups of its
 * norms (32), the factor of its latents (0.18215), and the size of its images.
 */
final class VaeArchitecture {
  private static final int GROUPS = 32;

  private VaeArchitecture() {}

  /**
   * The configuration.
   *
   * @param vae the tensors below the autoencoder's prefix
   * @param latentSize height and width of the latents of the model's own image size
   */
  static VaeConfig config(TensorShapes vae, int latentSize, ModelArchitecture family)
      throws IOException {
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < Math.max(1, vae.count("encoder.down.")); i++) {
      int channel = vae.side("encoder.down." + i + ".block.0.conv1.weight", 0);
      if (channel % GROUPS != 0) {
        throw vae.unknown(
            "how many groups the norms of " + channel + " channels have", "vae/config.json");
      }
      channels.add(channel);
    }
    return new VaeConfig(
        vae.side("encoder.conv_in.weight", 1),
        vae.side("decoder.conv_out.weight", 0),
        vae.side("decoder.conv_in.weight", 1),
        channels,
        vae.count("encoder.down.0.block."),
        GROUPS,
        latentSize << (channels.size() - 1),
        family.latentScale(),
        vae.hasAny("encoder.mid.attn_1."),
        vae.hasAny("quant_conv."),
        vae.hasAny("post_quant_conv."),
        family.vaeOverflows());
  }
}
