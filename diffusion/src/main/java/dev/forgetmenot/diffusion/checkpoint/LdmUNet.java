package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.UNetConfig;
import java.util.Map;

/**
 * The modules of a UNet in latent diffusion: one list of blocks on the way down and one on the way
 * up, where diffusers has one block for each resolution.
 */
final class LdmUNet {
  private static final Map<String, String> RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private final ModuleNames modules = new ModuleNames();

  LdmUNet(UNetConfig config) {
    modules.put("conv_in", "input_blocks.0.0");
    modules.put("time_embedding.linear_1", "time_embed.0");
    modules.put("time_embedding.linear_2", "time_embed.2");
    modules.put("add_embedding.linear_1", "label_emb.0.0");
    modules.put("add_embedding.linear_2", "label_emb.0.2");
    modules.put("conv_norm_out", "out.0");
    modules.put("conv_out", "out.2");
    modules.put("mid_block.resnets.0", "middle_block.0", RESNET);
    modules.put("mid_block.attentions.0", "middle_block.1");
    modules.put("mid_block.resnets.1", "middle_block.2", RESNET);
    down(config);
    up(config);
  }

  private void down(UNetConfig config) {
    int last = config.blockOutChannels().size() - 1;
    int at = 1; // 0 is conv_in
    for (int block = 0; block <= last; block++) {
      String here = "down_blocks." + block;
      for (int layer = 0; layer < config.layersPerBlock().get(block); layer++, at++) {
        modules.put(here + ".resnets." + layer, "input_blocks." + at + ".0", RESNET);
        if (config.downCross().get(block)) {
          modules.put(here + ".attentions." + layer, "input_blocks." + at + ".1");
        }
      }
      if (block < last) {
        modules.put(here + ".downsamplers.0.conv", "input_blocks." + at++ + ".0.op");
      }
    }
  }

  private void up(UNetConfig config) {
    int last = config.blockOutChannels().size() - 1;
    int at = 0;
    for (int block = 0; block <= last; block++) {
      String here = "up_blocks." + block;
      int layers = config.layersPerBlock().get(last - block) + 1;
      boolean cross = config.upCross().get(block);
      for (int layer = 0; layer < layers; layer++, at++) {
        String there = "output_blocks." + at;
        modules.put(here + ".resnets." + layer, there + ".0", RESNET);
        if (cross) {
          modules.put(here + ".attentions." + layer, there + ".1");
        }
        if (layer == layers - 1 && block < last) {
          modules.put(here + ".upsamplers.0.conv", there + (cross ? ".2" : ".1") + ".conv");
        }
      }
    }
  }

  String original(String canonical) {
    return modules.original(canonical);
  }
}
