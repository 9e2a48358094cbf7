package dev.forgetmenot.diffusion.architecture;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A text encoder of an architecture.
 *
 * @param component what its weights are named by, and its folder
 * @param tokenizer the folder of its tokenizer
 * @param projected whether the projection of its pooled state is a part of the condition
 * @param loraPrefix what kohya's LoRA files write before the names of its modules
 * @param embeddingKey what files of learned tokens call its vectors; empty for the only encoder
 */
public record TextEncoderSlot(
    String component,
    String tokenizer,
    boolean projected,
    String loraPrefix,
    Optional<String> embeddingKey) {
  /** The class of transformers that it must be of. */
  public String className() {
    return projected ? "CLIPTextModelWithProjection" : "CLIPTextModel";
  }

  /** Reads {@code config.json} of its folder. */
  public TextEncoderConfig read(Path folder) throws IOException {
    return projected ? TextEncoderConfig.readProjected(folder) : TextEncoderConfig.read(folder);
  }
}
