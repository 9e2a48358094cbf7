package dev.forgetmenot.diffusion.config;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The configuration of a CLIP model with both towers.
 *
 * @param text the text tower
 * @param vision the layers of the vision tower
 * @param imageSize height and width of images
 * @param patchSize height and width of a patch
 * @param channels channels of an image
 * @param projection width of the common space
 */
public record ClipConfig(
    TextEncoderConfig text,
    TextEncoderConfig.TransformerConfig vision,
    int imageSize,
    int patchSize,
    int channels,
    int projection) {

  /** Reads {@code config.json} of a folder. */
  public static ClipConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("config.json")));
  }

  /**
   * Takes the values that the network needs.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static ClipConfig from(ConfigFile file) throws ConfigException {
    file.refuseUnless("model_type", "clip");
    ConfigFile vision = file.child("vision_config");
    vision.refuseUnless("model_type", "clip_vision_model");
    return new ClipConfig(
        TextEncoderConfig.from(file.child("text_config")),
        TextEncoderConfig.TransformerConfig.from(vision, 768, 3072, 12, 12),
        vision.integer("image_size", 224, 1),
        vision.integer("patch_size", 32, 1),
        vision.integer("num_channels", 3, 1),
        file.integer("projection_dim", 512, 1));
  }
}
