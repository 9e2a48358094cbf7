package dev.forgetmenot.patching.lora;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Networks that a base is not, by what their modules are called in LoRA files. */
final class OtherNetworks {
  /** A network and how a name of it looks; dots and underscores count as one. */
  private record Network(String what, Pattern name) {
    Network(String what, String name) {
      this(what, Pattern.compile(".*(" + name.replace("_", "[._]") + ").*"));
    }
  }

  /** The more particular ones first. */
  private static final List<Network> NETWORKS =
      List.of(
          new Network("AnimateDiff's motion modules", "motion_modules|temporal_transformer"),
          new Network("ControlNet", "controlnet|control_model|input_hint_block"),
          new Network("Qwen-Image", "transformer_blocks_\\d+_(img_mlp|txt_mlp|img_mod|txt_mod)"),
          new Network(
              "Flux or a network built like it (Chroma, HunyuanVideo)",
              "(^|_)(double_blocks|single_blocks|single_transformer_blocks)_\\d+"),
          new Network(
              "Stable Diffusion 3",
              "joint_blocks_\\d+|transformer_blocks_\\d+_attn_add_[qkv]_proj"),
          new Network(
              "Wan or a video network built like it",
              "(^|_)blocks_\\d+_(cross_attn|self_attn|ffn)"),
          new Network("Stable Cascade", "lora_prior|prior_(unet|te)"),
          new Network(
              "SDXL",
              "(input|output)_blocks_\\d+_1_transformer_blocks_[1-9]"
                  + "|middle_block_1_transformer_blocks_[1-9]"
                  + "|(down|up)_blocks_\\d_attentions_\\d_transformer_blocks_[1-9]"
                  + "|mid_block_attentions_0_transformer_blocks_[1-9]"
                  + "|label_emb|add_embedding"),
          new Network(
              "SD 1.x or 2.x",
              "(down_blocks_0|up_blocks_3)_attentions_\\d"
                  + "|input_blocks_[12]_1_|output_blocks_(9|10|11)_1_"),
          new Network(
              "a diffusion transformer (such as PixArt, LTX or Z-Image)",
              "(^|_)(transformer|diffusion_model|lora_transformer)_(transformer_blocks|layers|blocks)_\\d+"),
          new Network("a language model", "(^|_)model_layers_\\d+_(self_attn|mlp)"),
          new Network(
              "the text encoder T5, which SD 3 and Flux read",
              "(^|_)te3_|t5xxl|encoder_block_\\d+"),
          new Network(
              "a second text encoder, as SDXL and SD 3 have",
              "^lora_te2_|^text_encoder_2_|clip_g_|^base_model_model_text_encoder_2_"));

  private OtherNetworks() {}

  /**
   * What modules that the base has not are of: the first network, in the order above, that any of
   * them is of.
   */
  static Optional<String> of(Collection<String> stems) {
    for (Network network : NETWORKS) {
      for (String stem : stems) {
        if (network.name().matcher(stem).matches()) {
          return Optional.of(network.what());
        }
      }
    }
    return Optional.empty();
  }
}
