package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.layer.Activation;
import java.io.IOException;
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

  /** Those of a checkpoint that are there, each under the first of its names that is. */
  static List<TextEncoderLayout> find(TensorShapes checkpoint, ModelArchitecture family) {
    return family.textEncoders().stream()
        .flatMap(
            slot ->
                slot.stored().stream()
                    .flatMap(names -> of(slot, names, checkpoint).stream())
                    .limit(1))
        .toList();
  }

  private static Optional<TextEncoderLayout> of(
      TextEncoderSlot slot, TextEncoderSlot.Stored names, TensorShapes checkpoint) {
    TensorShapes below = checkpoint.in(names.prefix());
    return names.open() ? ofOpenClip(slot, below) : ofClip(slot, below);
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
