package dev.forgetmenot.diffusion.architecture;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A text encoder of an architecture.
 *
 * @param component what its weights are named by, and its folder
 * @param tokenizer the folder of its tokenizer
 * @param projected whether the projection of its pooled state is a part of the condition
 * @param stored how single files may name its tensors
 */
public record TextEncoderSlot(
    String component, String tokenizer, boolean projected, List<Stored> stored) {
  /**
   * Names of a text encoder in a single file.
   *
   * @param prefix what they begin with
   * @param open whether they are OpenCLIP's; else those of transformers
   */
  public record Stored(String prefix, boolean open) {}

  /** The class of transformers that it must be of. */
  public String className() {
    return projected ? "CLIPTextModelWithProjection" : "CLIPTextModel";
  }

  /** Reads {@code config.json} of its folder. */
  public TextEncoderConfig read(Path folder) throws IOException {
    return projected ? TextEncoderConfig.readProjected(folder) : TextEncoderConfig.read(folder);
  }
}
