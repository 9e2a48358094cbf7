package dev.forgetmenot.host.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a plugin jar must not bring: classes that it shares with the host. A second copy of an
 * interface is another type, and a native library belongs to one class loader.
 */
final class PluginJarContents {
  private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/\\d+/");

  private static final List<Shared> SHARED =
      List.of(
          new Shared("dev/forgetmenot/api/", "host-api"),
          new Shared("dev/forgetmenot/patch/", "patch-format"),
          new Shared("dev/forgetmenot/safetensors/", "patch-format"),
          new Shared("dev/forgetmenot/files/", "patch-format"),
          new Shared("dev/forgetmenot/editing/", "editing"),
          new Shared("ai/djl/", "DJL"),
          new Shared("org/pf4j/", "PF4J"));

  private PluginJarContents() {}

  private record Shared(String folder, String library) {}

  /**
   * Why the jar cannot be a plugin, if it cannot.
   *
   * @throws IOException if it is no readable jar
   */
  static Optional<String> refusal(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .flatMap(name -> refusal(name).stream())
          .findFirst();
    }
  }

  private static Optional<String> refusal(String entry) {
    String name = VERSIONED.matcher(entry).replaceFirst("");
    return SHARED.stream()
        .filter(shared -> name.startsWith(shared.folder))
        .findFirst()
        .map(
            shared ->
                "it brings its own copy of "
                    + shared.library
                    + " ("
                    + entry
                    + "), which plugins share with the host; build it with that dependency in the"
                    + " scope provided");
  }
}
