package dev.forgetmenot.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions that the build wrote into this program.
 *
 * @param program version of the program
 * @param hostApi version of host-api, which plugins require
 */
public record HostVersions(String program, String hostApi) {
  private static final String RESOURCE = "versions.properties";

  /** Reads them. */
  public static HostVersions read() {
    Properties properties = new Properties();
    try (InputStream in = HostVersions.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing: the program was packed wrongly");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new HostVersions(value(properties, "fmn"), value(properties, "host-api"));
  }

  private static String value(Properties properties, String key) {
    String value = properties.getProperty(key, "");
    if (value.isEmpty() || value.startsWith("$")) {
      throw new IllegalStateException(
          RESOURCE + ": " + key + " is '" + value + "': the build did not filter the resource");
    }
    return value;
  }
}
