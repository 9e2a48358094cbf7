package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.layer.Activation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text encoder of a checkpoint: CLIP's as HuggingFace names it (1.x, the first of XL), or
 * OpenCLIP's (2.x, the second of XL). Its tensors tell everything but the number of heads, which
 * are of width 64.
 *
 * @param shapes the tensors below its prefix
 * @param open OpenCLIP's names
 * @param old HuggingFace's names without {@code text_model.}
 */
record TextEncoderLayout(TextEncoderSlot slot, TensorShapes shapes, boolean open, boolean old) {
  private static final int HEAD_WIDTH = 64;

  /** OpenCLIP's large text tower has 24 layers; 2.x was trained on what comes out of 23. */
  private static final int OPEN_WIDTH = 1024;

  private static final int OPEN_LAYERS = 23;

  static final String FIRST_XL = "conditioner.embedders.0.transformer.";
  private static final String SECOND_XL = "conditioner.embedders.1.model.";

  /** Whether a checkpoint has the second text encoder of XL. */
  static boolean hasSecond(TensorShapes checkpoint) {
    return checkpoint.hasAny(SECOND_XL);
  }

  /** Those of a checkpoint that are there. */
  static List<TextEncoderLayout> find(TensorShapes checkpoint, ModelArchitecture family) {
    List<TextEncoderSlot> slots = family.textEncoders();
    List<TextEncoderLayout> found = new ArrayList<>();
    if (family == ModelArchitecture.STABLE_DIFFUSION_XL) {
      ofClip(slots.get(0), checkpoint.in(FIRST_XL)).ifPresent(found::add);
      ofOpenClip(slots.get(1), checkpoint.in(SECOND_XL)).ifPresent(found::add);
      return found;
    }
    TextEncoderSlot slot = slots.get(0);
    for (String prefix : List.of(LdmNames.OPEN_CLIP, "conditioner.embedders.0.model.")) {
      if (found.isEmpty()) {
        ofOpenClip(slot, checkpoint.in(prefix)).ifPresent(found::add);
      }
    }
    if (found.isEmpty()) {
      ofClip(slot, checkpoint.in(LdmNames.CLIP)).ifPresent(found::add);
    }
    return found;
  }

  private static Optional<TextEncoderLayout> ofOpenClip(TextEncoderSlot slot, TensorShapes below) {
    return below.has("token_embedding.weight")
        ? Optional.of(new TextEncoderLayout(slot, below, true, false))
        : Optional.empty();
  }

  private static Optional<TextEncoderLayout> ofClip(TextEncoderSlot slot, TensorShapes below) {
    if (below.has("text_model.embeddings.token_embedding.weight")) {
      return Optional.of(new TextEncoderLayout(slot, below, false, false));
    }
    return below.has("embeddings.token_embedding.weight")
        ? Optional.of(new TextEncoderLayout(slot, below, false, true))
        : Optional.empty();
  }

  TextEncoderConfig config() throws IOException {
    int width = shapes.side(embedding(), 1);
    if (width % HEAD_WIDTH != 0) {
      throw shapes.unknown(
          "how many heads " + width + " channels have", slot.component() + "/config.json");
    }
    String first = open ? "transformer.resblocks.0.mlp.c_fc" : below() + "encoder.layers.0.mlp.fc1";
    return new TextEncoderConfig(
        shapes.side(embedding(), 0),
        shapes.side(
            open ? "positional_embedding" : below() + "embeddings.position_embedding.weight", 0),
        shapes.side(embedding(), 0) - 1, // end of text is the last of CLIP's tokens
        new TextEncoderConfig.TransformerConfig(
            width,
            shapes.side(first + ".weight", 0),
            layers(width),
            width / HEAD_WIDTH,
            1e-5,
            open ? Activation.GELU : Activation.QUICK_GELU),
        slot.projected() ? shapes.side(OpenClipNames.PROJECTION, 1) : 0);
  }

  int vocabulary() throws IOException {
    return shapes.side(embedding(), 0);
  }

  private int layers(int width) {
    if (!open) {
      return shapes.count(below() + "encoder.layers.");
    }
    int stored = shapes.count("transformer.resblocks.");
    if (slot.projected()) {
      return stored; // the pooled state comes from the last
    }
    // Programs that write 2.x from a folder leave the unused layer away.
    return width == OPEN_WIDTH ? Math.min(stored, OPEN_LAYERS) : stored - 1;
  }

  private String embedding() {
    return open ? "token_embedding.weight" : below() + "embeddings.token_embedding.weight";
  }

  private String below() {
    return old ? "" : "text_model.";
  }

  /** The names of its tensors. */
  LdmNames names(TextEncoderConfig config) {
    return open
        ? LdmNames.openClip(config, shapes.prefix())
        : LdmNames.clip(config, shapes.prefix(), old);
  }

  /** Whether a tensor is one that no image needs: buffers, and layers after the last used. */
  boolean unused(String name, TextEncoderConfig config) {
    String rest = name.substring(shapes.prefix().length());
    if (!open) {
      return rest.endsWith("position_ids") || rest.startsWith("text_projection.");
    }
    String layers = "transformer.resblocks.";
    if (rest.startsWith(layers)) {
      String number = rest.substring(layers.length()).replaceFirst("\\..*", "");
      return number.matches("\\d{1,4}") && Integer.parseInt(number) >= config.encoder().layers();
    }
    return List.of("logit_scale", "attn_mask").contains(rest)
        || (rest.equals(OpenClipNames.PROJECTION) && !slot.projected());
  }
}
