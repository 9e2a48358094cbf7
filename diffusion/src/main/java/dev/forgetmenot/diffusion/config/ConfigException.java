package dev.forgetmenot.diffusion.config;

import java.io.IOException;

/** A configuration that is broken or asks for something that is not supported. */
public final class ConfigException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param where the file, such as {@code unet/config.json}
   * @param problem what is wrong and what to do
   */
  public ConfigException(String where, String problem) {
    super(where + ": " + problem);
  }

  /** Makes one with a cause. */
  public ConfigException(String where, String problem, Throwable cause) {
    super(where + ": " + problem, cause);
  }
}
