package dev.forgetmenot.testkit.realsize;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A published architecture. Its configurations lie in testkit/published. */
public enum ModelSize {
  /** Stable Diffusion 1.5: 1.07 billion values. */
  SD15("sd15", "epsilon", "<|endoftext|>"),
  /** Stable Diffusion 2.1, 768 pixels: 1.29 billion values. */
  SD21("sd21", "v_prediction", "!"),
  /** Stable Diffusion XL base 1.0: 3.47 billion values. */
  SDXL("sdxl", "epsilon", "<|endoftext|>");

  private static final String SECOND = "text_encoder_2";

  private final String folder;
  private final String predictionType;
  private final String padToken;

  ModelSize(String folder, String predictionType, String padToken) {
    this.folder = folder;
    this.predictionType = predictionType;
    this.padToken = padToken;
  }

  /** {@code epsilon} or {@code v_prediction}. */
  public String predictionType() {
    return predictionType;
  }

  /** Whether it has a second text encoder, whose prompts are padded with {@code !}. */
  public boolean hasTwoTextEncoders() {
    return Files.isDirectory(config(SECOND));
  }

  /** What prompts are padded with, those of the first text encoder. */
  public String padToken() {
    return padToken;
  }

  /** The folder of a component's configuration. */
  public Path config(String component) {
    return GoldenFolders.inProject("testkit/published").resolve(folder).resolve(component);
  }

  /**
   * Names and shapes of the parameters, by component.
   *
   * @throws IOException if a configuration cannot be read
   */
  public Map<String, Map<String, Shape>> parameters() throws IOException {
    Map<String, Map<String, Shape>> all = new LinkedHashMap<>();
    all.put(
        "text_encoder",
        ClipTextEncoder.parameterShapes(TextEncoderConfig.read(config("text_encoder"))));
    if (hasTwoTextEncoders()) {
      all.put(
          SECOND, ClipTextEncoder.parameterShapes(TextEncoderConfig.readProjected(config(SECOND))));
    }
    all.put("unet", UNet2DConditionModel.parameterShapes(UNetConfig.read(config("unet"))));
    all.put("vae", AutoencoderKL.parameterShapes(VaeConfig.read(config("vae"))));
    return all;
  }
}
