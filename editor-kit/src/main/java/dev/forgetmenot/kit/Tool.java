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
   * The plugin of a class: {@code name} and {@code version} of the {@code version.properties} that
   * its build wrote into the class's package, or into the nearest package above it.
   *
   * @throws IllegalStateException if the plugin's jar has no such file
   */
  public static Tool of(Class<?> part) {
    String folder = part.getPackageName().replace('.', '/');
    while (!folder.isEmpty()) {
      try (InputStream in = part.getClassLoader().getResourceAsStream(folder + "/" + FILE)) {
        if (in != null) {
          Properties properties = new Properties();
          properties.load(in);
          return new Tool(properties.getProperty("name"), properties.getProperty("version"));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(folder + "/" + FILE + " cannot be read", e);
      }
      folder = folder.substring(0, Math.max(0, folder.lastIndexOf('/')));
    }
    throw new IllegalStateException(
        "no " + FILE + " in the package of " + part.getName() + "; build the jar again");
  }
}
