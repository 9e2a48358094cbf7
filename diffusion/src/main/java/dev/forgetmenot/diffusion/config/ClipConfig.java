package dev.forgetmenot.diffusion.config;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The configuration of a CLIP model with both towers.
 *
 * @param text the text tower
 * @param vision the vision tower, with the width of the common space
 */
public record ClipConfig(TextEncoderConfig text, ClipVisionConfig vision) {

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
    ClipVisionConfig vision = ClipVisionConfig.from(file);
    return new ClipConfig(TextEncoderConfig.from(tower(file, "text_config")), vision);
  }

  /** The values of a tower: old files have them twice, and transformers takes the second. */
  static ConfigFile tower(ConfigFile file, String key) throws ConfigException {
    String second = key + "_dict";
    return file.child(file.has(second) ? second : key);
  }
}
