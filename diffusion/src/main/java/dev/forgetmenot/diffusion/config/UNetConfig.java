package dev.forgetmenot.diffusion.config;

import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of a UNet2DConditionModel; lists have one value for each resolution, the
 * largest first.
 *
 * @param sampleSize height and width of the latents of the model's own image size
 * @param inChannels channels of the latents
 * @param outChannels channels of the prediction
 * @param blockOutChannels channels of each resolution
 * @param downCross which down blocks attend to the prompt
 * @param upCross which up blocks do, in the order in which they run
 * @param layersPerBlock residual blocks of each down block; an up block has one more
 * @param transformerLayers transformer blocks of each attention of the down blocks
 * @param upTransformerLayers the same of the up blocks, in the order in which they run
 * @param heads number of attention heads
 * @param crossAttentionDim width of the prompt's embedding
 * @param linearProjection linear layers instead of 1 × 1 convolutions around the transformer blocks
 * @param normGroups groups of the group norms
 * @param normEps epsilon of the group norms of residual blocks
 * @param downsamplePadding see {@link dev.forgetmenot.diffusion.layer.Downsample2D}
 * @param flipSinToCos cosines first in the time embedding
 * @param freqShift taken off the divisor of the time frequencies' exponents
 * @param timeWidth width of the time embedding
 * @param convInKernel odd
 * @param convOutKernel odd
 * @param textTime what is added to the time embedding; empty where nothing is
 */
public record UNetConfig(
    int sampleSize,
    int inChannels,
    int outChannels,
    List<Integer> blockOutChannels,
    List<Boolean> downCross,
    List<Boolean> upCross,
    List<Integer> layersPerBlock,
    List<Integer> transformerLayers,
    List<Integer> upTransformerLayers,
    List<Integer> heads,
    List<Integer> crossAttentionDim,
    boolean linearProjection,
    int normGroups,
    double normEps,
    int downsamplePadding,
    boolean flipSinToCos,
    double freqShift,
    int timeWidth,
    int convInKernel,
    int convOutKernel,
    Optional<TextTime> textTime) {

  /**
   * The embedding of the pooled text and the sizes of the image, {@code text_time} (Podell et al.,
   * "SDXL", arXiv 2307.01952, section 2.2).
   *
   * @param timeChannels sines and cosines of each of the six sizes
   * @param inputs numbers of the pooled text and of all sines and cosines
   */
  public record TextTime(int timeChannels, int inputs) {
    /** How many sizes there are: height and width of the original, the crop and the target. */
    public static final int SIZES = 6;

    /** Width of the pooled text. */
    public int pooled() {
      return inputs - SIZES * timeChannels;
    }
  }

  private static final String CROSS_DOWN = "CrossAttnDownBlock2D";
  private static final String CROSS_UP = "CrossAttnUpBlock2D";

  /** Copies the lists. */
  public UNetConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    downCross = List.copyOf(downCross);
    upCross = List.copyOf(upCross);
    layersPerBlock = List.copyOf(layersPerBlock);
    transformerLayers = List.copyOf(transformerLayers);
    upTransformerLayers = List.copyOf(upTransformerLayers);
    heads = List.copyOf(heads);
    crossAttentionDim = List.copyOf(crossAttentionDim);
  }

  /** Reads {@code config.json} of a folder. */
  public static UNetConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("config.json")));
  }

  /**
   * Takes the values that the network needs.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static UNetConfig from(ConfigFile file) throws ConfigException {
    refuseWhatChangesTheResult(file);
    List<Integer> channels = file.integers("block_out_channels", List.of(320, 640, 1280, 1280));
    int blocks = channels.size();
    if (blocks == 0) {
      throw file.wrong("block_out_channels", "a list with at least one number");
    }
    List<String> down =
        file.texts("down_block_types", List.of(CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, "DownBlock2D"));
    List<String> up =
        file.texts("up_block_types", List.of("UpBlock2D", CROSS_UP, CROSS_UP, CROSS_UP));
    file.refuseOthers("down_block_types", down, Set.of(CROSS_DOWN, "DownBlock2D"));
    file.refuseOthers("up_block_types", up, Set.of(CROSS_UP, "UpBlock2D"));
    file.requireOneOfEach(down, up, channels);
    // diffusers' historic slip: the key that says head_dim holds the number of heads.
    String headKey = file.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    List<Integer> transformers = file.integerOrList("transformer_layers_per_block", 1, blocks);
    UNetConfig config =
        new UNetConfig(
            file.integer("sample_size", 64, 1),
            file.integer("in_channels", 4, 1),
            file.integer("out_channels", 4, 1),
            channels,
            down.stream().map(CROSS_DOWN::equals).toList(),
            up.stream().map(CROSS_UP::equals).toList(),
            file.integerOrList("layers_per_block", 2, blocks),
            transformers,
            file.has("reverse_transformer_layers_per_block")
                ? file.integerOrList("reverse_transformer_layers_per_block", 1, blocks)
                : reversed(transformers),
            file.integerOrList(headKey, 8, blocks),
            file.integerOrList("cross_attention_dim", 1280, blocks),
            file.flag("use_linear_projection", false),
            file.integer("norm_num_groups", 32, 1),
            file.number("norm_eps", 1e-5),
            file.integer("downsample_padding", 1, 0),
            file.flag("flip_sin_to_cos", true),
            file.number("freq_shift", 0),
            file.integer("time_embedding_dim", 4 * channels.get(0), 1),
            file.integer("conv_in_kernel", 3, 1),
            file.integer("conv_out_kernel", 3, 1),
            textTime(file));
    config.checkDivisions(file);
    return config;
  }

  private static void refuseWhatChangesTheResult(ConfigFile file) throws ConfigException {
    file.refuseUnless("mid_block_type", "UNetMidBlock2DCrossAttn");
    file.refuseUnless("act_fn", "silu", "swish");
    file.refuseUnless("resnet_time_scale_shift", "default");
    file.refuseUnless("time_embedding_type", "positional");
    file.refuseUnless("attention_type", "default");
    file.refuseUnless("mid_block_scale_factor", 1);
    file.refuseUnless("resnet_out_scale_factor", 1);
    for (String key :
        List.of(
            "center_input_sample",
            "only_cross_attention",
            "mid_block_only_cross_attention",
            "dual_cross_attention",
            "resnet_skip_time_act",
            "class_embeddings_concat")) {
      file.refuseUnless(key, false);
    }
    for (String key :
        List.of(
            "class_embed_type",
            "num_class_embeds",
            "encoder_hid_dim",
            "encoder_hid_dim_type",
            "time_embedding_act_fn",
            "timestep_post_act",
            "time_cond_proj_dim",
            "cross_attention_norm")) {
      file.refuseUnless(key);
    }
  }

  private static Optional<TextTime> textTime(ConfigFile file) throws ConfigException {
    if (!file.has("addition_embed_type")) {
      return Optional.empty();
    }
    file.refuseUnless("addition_embed_type", "text_time");
    TextTime found =
        new TextTime(
            file.integer("addition_time_embed_dim", 256, 2),
            file.integer("projection_class_embeddings_input_dim", 2816, 1));
    if (found.timeChannels() % 2 != 0) {
      throw file.wrong("addition_time_embed_dim", "an even number");
    }
    if (found.pooled() < 1) {
      throw file.wrong(
          "projection_class_embeddings_input_dim",
          "more than " + TextTime.SIZES + " times addition_time_embed_dim");
    }
    return Optional.of(found);
  }

  private void checkDivisions(ConfigFile file) throws ConfigException {
    for (int i = 0; i < blockOutChannels.size(); i++) {
      int channels = blockOutChannels.get(i);
      if (channels % normGroups != 0) {
        throw new ConfigException(
            file.where(),
            "norm_num_groups " + normGroups + " does not divide block_out_channels " + channels);
      }
      if (channels % heads.get(i) != 0) {
        throw new ConfigException(
            file.where(),
            Message.of(
                "attention_head_dim %s (the number of heads) does not divide block_out_channels %s",
                heads.get(i), channels));
      }
    }
    if (convInKernel % 2 == 0 || convOutKernel % 2 == 0) {
      throw new ConfigException(file.where(), "conv_in_kernel and conv_out_kernel should be odd");
    }
    if (timeChannels() % 2 != 0) {
      throw new ConfigException(
          file.where(), "block_out_channels should begin with an even number");
    }
  }

  /** Number of sines and cosines of a timestep. */
  public int timeChannels() {
    return blockOutChannels.get(0);
  }

  private static List<Integer> reversed(List<Integer> list) {
    List<Integer> copy = new ArrayList<>(list);
    Collections.reverse(copy);
    return copy;
  }
}
