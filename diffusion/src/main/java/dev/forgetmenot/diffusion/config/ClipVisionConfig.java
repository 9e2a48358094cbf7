package dev.forgetmenot.diffusion.config;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The configuration of CLIP's vision tower and the projection after it, in the {@code config.json}
 * of a CLIP model or of a safety checker.
 *
 * @param encoder the layers
 * @param imageSize height and width of images
 * @param patchSize height and width of a patch
 * @param channels channels of an image
 * @param projection width of the common space
 */
public record ClipVisionConfig(
    TextEncoderConfig.TransformerConfig encoder,
    int imageSize,
    int patchSize,
    int channels,
    int projection) {

  /** Reads {@code config.json} of a folder. */
  public static ClipVisionConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("config.json")));
  }

  /**
   * Takes the values that the network needs.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static ClipVisionConfig from(ConfigFile file) throws ConfigException {
    file.refuseUnless("model_type", "clip");
    ConfigFile vision = ClipConfig.tower(file, "vision_config");
    vision.refuseUnless("model_type", "clip_vision_model");
    return new ClipVisionConfig(
        TextEncoderConfig.TransformerConfig.from(vision, 768, 3072, 12, 12),
        vision.integer("image_size", 224, 1),
        vision.integer("patch_size", 32, 1),
        vision.integer("num_channels", 3, 1),
        file.integer("projection_dim", 512, 1));
  }
}
