package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.VaeConfig;
import java.util.Map;

/**
 * The modules of an autoencoder in latent diffusion, where the decoder's blocks are counted from
 * the largest resolution, and attention is made of 1 × 1 convolutions.
 */
final class LdmVae {
  private static final Map<String, String> RESNET = Map.of("conv_shortcut", "nin_shortcut");
  private static final Map<String, String> ATTENTION =
      Map.of(
          "group_norm", "norm",
          "to_q", "q",
          "to_k", "k",
          "to_v", "v",
          "to_out.0", "proj_out");

  private final ModuleNames modules = new ModuleNames();

  LdmVae(VaeConfig config) {
    modules.put("quant_conv", "quant_conv");
    modules.put("post_quant_conv", "post_quant_conv");
    for (String half : new String[] {"encoder", "decoder"}) {
      modules.put(half + ".conv_in", half + ".conv_in");
      modules.put(half + ".conv_norm_out", half + ".norm_out");
      modules.put(half + ".conv_out", half + ".conv_out");
      String middle = half + ".mid_block";
      modules.put(middle + ".resnets.0", half + ".mid.block_1", RESNET);
      modules.put(middle + ".attentions.0", half + ".mid.attn_1", ATTENTION);
      modules.put(middle + ".resnets.1", half + ".mid.block_2", RESNET);
    }
    int blocks = config.blockOutChannels().size();
    for (int block = 0; block < blocks; block++) {
      String down = "encoder.down_blocks." + block;
      String downThere = "encoder.down." + block;
      String up = "decoder.up_blocks." + block;
      String upThere = "decoder.up." + (blocks - 1 - block);
      modules.put(down + ".downsamplers.0.conv", downThere + ".downsample.conv");
      modules.put(up + ".upsamplers.0.conv", upThere + ".upsample.conv");
      for (int layer = 0; layer <= config.layersPerBlock(); layer++) { // the decoder has one more
        modules.put(down + ".resnets." + layer, downThere + ".block." + layer, RESNET);
        modules.put(up + ".resnets." + layer, upThere + ".block." + layer, RESNET);
      }
    }
  }

  String original(String canonical) {
    return modules.original(canonical);
  }
}
