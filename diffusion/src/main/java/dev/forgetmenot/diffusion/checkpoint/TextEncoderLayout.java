package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.layer.Activation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The text encoder of a checkpoint: CLIP's as HuggingFace names it (1.x), or OpenCLIP's (2.x). Its
 * tensors tell everything but the number of heads, which are of width 64.
 *
 * @param shapes the tensors below its prefix
 * @param open OpenCLIP's names
 * @param old HuggingFace's names without {@code text_model.}
 */
record TextEncoderLayout(TensorShapes shapes, boolean open, boolean old) {
  private static final int HEAD_WIDTH = 64;
  private static final String FILE = "text_encoder/config.json";

  /** OpenCLIP's large text tower has 24 layers; 2.x was trained on what comes out of 23. */
  private static final int OPEN_WIDTH = 1024;

  private static final int OPEN_LAYERS = 23;

  static Optional<TextEncoderLayout> find(TensorShapes checkpoint) {
    for (String prefix : List.of(LdmNames.OPEN_CLIP, "conditioner.embedders.0.model.")) {
      TensorShapes below = checkpoint.in(prefix);
      if (below.has("token_embedding.weight")) {
        return Optional.of(new TextEncoderLayout(below, true, false));
      }
    }
    TensorShapes below = checkpoint.in(LdmNames.CLIP);
    if (below.has("text_model.embeddings.token_embedding.weight")) {
      return Optional.of(new TextEncoderLayout(below, false, false));
    }
    if (below.has("embeddings.token_embedding.weight")) {
      return Optional.of(new TextEncoderLayout(below, false, true));
    }
    return Optional.empty();
  }

  TextEncoderConfig config() throws IOException {
    int width = shapes.side(embedding(), 1);
    if (width % HEAD_WIDTH != 0) {
      throw shapes.unknown("how many heads " + width + " channels have", FILE);
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
            open ? Activation.GELU : Activation.QUICK_GELU));
  }

  int vocabulary() throws IOException {
    return shapes.side(embedding(), 0);
  }

  private int layers(int width) {
    if (!open) {
      return shapes.count(below() + "encoder.layers.");
    }
    int stored = shapes.count("transformer.resblocks.");
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
    return List.of("logit_scale", "text_projection", "attn_mask").contains(rest);
  }
}
