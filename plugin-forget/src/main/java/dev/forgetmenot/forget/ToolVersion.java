package dev.forgetmenot.forget;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this plugin, for recipes; the build writes it into the jar. */
public final class ToolVersion {
  private ToolVersion() {}

  /** The version as the build wrote it, such as {@code 0.1.0}. */
  public static String current() {
    try (InputStream in = ToolVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("the plugin's jar is broken: no version.properties", e);
    }
  }
}
