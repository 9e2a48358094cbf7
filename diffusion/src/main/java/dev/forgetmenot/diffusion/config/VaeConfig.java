package dev.forgetmenot.diffusion.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The configuration of an AutoencoderKL.
 *
 * @param inChannels channels of an image
 * @param outChannels channels of a decoded image
 * @param latentChannels channels of the latents
 * @param blockOutChannels channels of each resolution, the largest first
 * @param layersPerBlock residual blocks of each resolution of the encoder; the decoder has one more
 * @param normGroups groups of the group norms
 * @param sampleSize height and width of the images that it was trained with
 * @param scalingFactor what the posterior's samples are multiplied by for the UNet
 * @param midAttention whether the middle attends to itself
 * @param quantConv a 1 × 1 convolution after the encoder
 * @param postQuantConv a 1 × 1 convolution before the decoder
 * @param forceUpcast whether its activations overflow in half precision
 */
public record VaeConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int normGroups,
    int sampleSize,
    double scalingFactor,
    boolean midAttention,
    boolean quantConv,
    boolean postQuantConv,
    boolean forceUpcast) {

  /** Copies the list. */
  public VaeConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
  }

  /** Reads {@code config.json} of a folder. */
  public static VaeConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("config.json")));
  }

  /**
   * Takes the values that the network needs.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static VaeConfig from(ConfigFile file) throws ConfigException {
    file.refuseUnless("act_fn", "silu", "swish");
    file.refuseUnless("shift_factor", 0);
    file.refuseUnless("latents_mean");
    file.refuseUnless("latents_std");
    List<Integer> channels = file.integers("block_out_channels", List.of(64));
    List<String> down = file.texts("down_block_types", List.of("DownEncoderBlock2D"));
    List<String> up = file.texts("up_block_types", List.of("UpDecoderBlock2D"));
    file.refuseOthers("down_block_types", down, Set.of("DownEncoderBlock2D"));
    file.refuseOthers("up_block_types", up, Set.of("UpDecoderBlock2D"));
    if (channels.isEmpty()) {
      throw file.wrong("block_out_channels", "a list with at least one number");
    }
    file.requireOneOfEach(down, up, channels);
    int groups = file.integer("norm_num_groups", 32, 1);
    for (int channel : channels) {
      if (channel % groups != 0) {
        throw new ConfigException(
            file.where(),
            "norm_num_groups " + groups + " does not divide block_out_channels " + channel);
      }
    }
    return new VaeConfig(
        file.integer("in_channels", 3, 1),
        file.integer("out_channels", 3, 1),
        file.integer("latent_channels", 4, 1),
        channels,
        file.integer("layers_per_block", 1, 1),
        groups,
        file.integer("sample_size", 32, 1),
        file.number("scaling_factor", 0.18215),
        file.flag("mid_block_add_attention", true),
        file.flag("use_quant_conv", true),
        file.flag("use_post_quant_conv", true),
        file.flag("force_upcast", false));
  }

  /** Pixels of an image for each latent, along one side. */
  public int stride() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
