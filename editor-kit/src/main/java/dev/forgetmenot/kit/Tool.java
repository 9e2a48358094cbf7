package dev.forgetmenot.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The program that makes a patch, for recipes.
 *
 * @param name such as {@code plugin-forget}
 * @param version such as {@code 0.1.0}
 */
public record Tool(String name, String version) {
  private static final String FILE = "version.properties";

  /**
   * A plugin by the version that its build wrote beside one of its classes: the entry {@code
   * version} of {@code version.properties} in that class's package.
   *
   * @throws IllegalStateException if the plugin's jar has no such file
   */
  public static Tool of(String name, Class<?> beside) {
    try (InputStream in = beside.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(
            name + ": no " + FILE + " beside " + beside.getName() + "; build the jar again");
      }
      Properties properties = new Properties();
      properties.load(in);
      return new Tool(name, properties.getProperty("version"));
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + FILE + " cannot be read", e);
    }
  }
}
