package dev.forgetmenot.diffusion.config;

import dev.forgetmenot.diffusion.layer.Activation;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The configuration of a CLIP text transformer.
 *
 * @param vocabSize number of tokens
 * @param maxPositions number of token ids of a prompt
 * @param endOfText the id whose first place is pooled; 2 means the greatest id, as old folders have
 *     it
 * @param encoder the layers
 * @param projection width of the projection of the pooled state after the layers; 0 without one
 */
public record TextEncoderConfig(
    int vocabSize, int maxPositions, int endOfText, TransformerConfig encoder, int projection) {

  /** A transformer without a projection after it. */
  public TextEncoderConfig(
      int vocabSize, int maxPositions, int endOfText, TransformerConfig encoder) {
    this(vocabSize, maxPositions, endOfText, encoder, 0);
  }

  /**
   * The layers of a CLIP transformer.
   *
   * @param width d
   * @param intermediate width between the two layers of the perceptron
   * @param layers how many
   * @param heads divides d
   * @param eps of the layer norms
   * @param activation of the perceptron
   */
  public record TransformerConfig(
      int width, int intermediate, int layers, int heads, double eps, Activation activation) {

    static TransformerConfig from(
        ConfigFile file, int width, int intermediate, int layers, int heads)
        throws ConfigException {
      String activation = file.text("hidden_act", "quick_gelu");
      Activation act =
          switch (activation) {
            case "quick_gelu" -> Activation.QUICK_GELU;
            case "gelu" -> Activation.GELU;
            default -> throw file.unsupported("hidden_act", "only [quick_gelu, gelu]");
          };
      TransformerConfig config =
          new TransformerConfig(
              file.integer("hidden_size", width, 1),
              file.integer("intermediate_size", intermediate, 1),
              file.integer("num_hidden_layers", layers, 1),
              file.integer("num_attention_heads", heads, 1),
              file.number("layer_norm_eps", 1e-5),
              act);
      if (config.width % config.heads != 0) {
        throw new ConfigException(
            file.where(),
            "num_attention_heads " + config.heads + " does not divide hidden_size " + config.width);
      }
      return config;
    }
  }

  /** Reads {@code config.json} of a folder. */
  public static TextEncoderConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("config.json")));
  }

  /** The same for transformers' CLIPTextModelWithProjection. */
  public static TextEncoderConfig readProjected(Path folder) throws IOException {
    ConfigFile file = ConfigFile.read(folder.resolve("config.json"));
    return from(file).projected(file.integer("projection_dim", 512, 1));
  }

  /** The same with a projection of the pooled state to this width. */
  public TextEncoderConfig projected(int width) {
    return new TextEncoderConfig(vocabSize, maxPositions, endOfText, encoder, width);
  }

  /**
   * Takes the values that the network needs.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static TextEncoderConfig from(ConfigFile file) throws ConfigException {
    file.refuseUnless("model_type", "clip_text_model");
    return new TextEncoderConfig(
        file.integer("vocab_size", 49408, 1),
        file.integer("max_position_embeddings", 77, 1),
        file.integer("eos_token_id", 49407, 0),
        TransformerConfig.from(file, 512, 2048, 12, 8));
  }
}
