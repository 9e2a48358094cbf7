package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.List;

/** Tells files that are no Stable Diffusion for text to image, by their names. */
final class UnsupportedCheckpoints {
  private static final String UNET = LdmNames.UNET;

  /** What a UNet is told beside the context. */
  private static final String ADDED = "label_emb.";

  /** The only text encoder of XL's refiner. */
  private static final String REFINER = "conditioner.embedders.0.model.";

  /**
   * A kind of file.
   *
   * @param what it is, and what to do
   * @param beside whether it is that kind also where a UNet under the original name is in the file;
   *     else the tensors are left over from something that has no effect on images
   * @param starts a name begins with one of these
   */
  private record Kind(String what, boolean beside, List<String> starts) {
    /** A kind of file that has no UNet under the original name. */
    static Kind of(String what, String... starts) {
      return new Kind(what, false, List.of(starts));
    }

    /** A kind of model that draws otherwise. */
    static Kind model(String what, String... starts) {
      return new Kind(what, true, List.of(starts));
    }
  }

  private static final String NOT_READ =
      ", which is not supported; only Stable Diffusion 1.x, 2.x and XL are";

  private static final List<Kind> KINDS =
      List.of(
          Kind.model(
              "is a LoRA, a change of a model and no model; turn it into a patch with: fmn patch"
                  + " import",
              "lora_unet_",
              "lora_te_",
              "lora_te1_",
              "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_k.lora",
              "text_encoder.text_model.encoder.layers.0.self_attn.k_proj.lora",
              "base_model.model."),
          Kind.of(
              "holds learned tokens and no model; give it by --embedding",
              "emb_params",
              "string_to_param",
              "clip_l",
              "clip_g"),
          Kind.of("is a ControlNet" + NOT_READ, "control_model.", "controlnet_cond_embedding."),
          Kind.model("is a Flux model" + NOT_READ, "double_blocks.0.", UNET + "double_blocks.0."),
          Kind.model(
              "is a Stable Diffusion 3 model" + NOT_READ,
              "joint_blocks.0.",
              UNET + "joint_blocks.0."),
          Kind.of("is a depth model" + NOT_READ, "depth_model."),
          Kind.of(
              "is one component of a model in diffusers' layout; give the folder that holds"
                  + " model_index.json",
              "down_blocks.0.",
              "encoder.down_blocks.0.",
              "text_model.",
              "vision_model."),
          Kind.of(
              "is an autoencoder alone; a model has a UNet and a text encoder too",
              "encoder.down.0.",
              "decoder.up.0."));

  private UnsupportedCheckpoints() {}

  /**
   * Refuses what is known to be something else.
   *
   * @throws IOException that says what it is and what to do
   */
  static void refuse(TensorShapes shapes) throws IOException {
    if (shapes.names().stream().anyMatch(name -> name.matches(".*\\.lora_(down|up|A|B)\\..*"))) {
      throw new IOException(shapes.where() + " " + KINDS.get(0).what());
    }
    boolean unet = shapes.hasAny(UNET + "input_blocks.");
    for (Kind kind : KINDS) {
      for (String start : kind.starts()) {
        if ((kind.beside() || !unet) && shapes.hasAny(start)) {
          throw new IOException(shapes.where() + " " + kind.what());
        }
      }
    }
    if (shapes.hasAny(UNET + ADDED)
        && !ModelArchitecture.ofFile(shapes::hasAny).conditionedOnSizes()) {
      throw new IOException(
          shapes.where()
              + (shapes.hasAny(REFINER)
                  ? " is a refiner, the second stage of Stable Diffusion XL, which ends what a base"
                      + " model began; expected the base model"
                  : " takes more than a prompt (class or image embeddings, as unCLIP does)"
                      + NOT_READ));
    }
    if (!shapes.hasAny(UNET)) {
      throw new IOException(
          Message.of(
              "%s holds no Stable Diffusion: no name begins with %s; its first names are %s",
              shapes.where(), UNET, shapes.names().stream().limit(3).toList()));
    }
  }

  /**
   * Refuses a smaller UNet of an architecture, some of whose blocks have no or other attention than
   * the rest, which tensors alone do not tell.
   */
  static void refusePruned(TensorShapes shapes, TensorShapes unet, ModelArchitecture family)
      throws IOException {
    if (!family.conditionedOnSizes()) {
      return;
    }
    if (!unet.has(ADDED + "0.0.weight")) {
      throw new IOException(
          shapes.where()
              + " has the text encoders of Stable Diffusion XL and a UNet that takes no sizes: two"
              + " models may have been put together");
    }
    if (!unet.hasAny("middle_block.1.transformer_blocks.")) {
      throw new IOException(
          shapes.where()
              + " is a pruned Stable Diffusion XL, as SSD-1B and Segmind-Vega are, whose blocks"
              + " differ from one another; expected a UNet with all blocks");
    }
  }

  /** Refuses UNets that read more than latents. */
  static void refuseMoreInputs(TensorShapes shapes, int channels) throws IOException {
    String what =
        switch (channels) {
          case 4 -> "";
          case 5 -> "a depth model";
          case 7 -> "an upscaler";
          case 8 -> "a model that changes images by instruction";
          case 9 -> "an inpainting model";
          default -> "a model of another kind";
        };
    if (!what.isEmpty()) {
      throw new IOException(
          Message.of(
              "%s is %s: its UNet reads %s channels and not the 4 of latents. Only models that draw"
                  + " from a prompt alone are supported",
              shapes.where(), what, channels));
    }
  }
}
