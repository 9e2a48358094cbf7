package dev.forgetmenot.host.plugin;

import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

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
          new Shared("dev/forgetmenot/patching/", "patching"),
          new Shared("dev/forgetmenot/kit/", "editor-kit"),
          new Shared("ai/djl/", "DJL"),
          new Shared("org/pf4j/", "PF4J"));

  /** By this the program finds commands among the jars of {@code lib/}, and not here. */
  private static final String COMMANDS =
      "META-INF/services/dev.forgetmenot.host.cli.shell.CommandProvider";

  private static final String REQUIRES = "Plugin-Requires";
  private static final List<String> LINES = List.of("Plugin-Id", "Plugin-Version", REQUIRES);

  private PluginJarContents() {}

  private record Shared(String folder, String library) {}

  /**
   * Why the jar cannot be a plugin, if it cannot.
   *
   * @param hostApi the version of host-api here, for what a manifest should say
   * @throws IOException if it is no readable jar
   */
  static Optional<String> refusal(Path jar, String hostApi) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      if (file.getEntry(COMMANDS) != null) {
        return Optional.of(
            "it brings commands and is no plugin: put it into lib/ of the program instead");
      }
      List<String> missing = LINES.stream().filter(line -> line(file, line).isEmpty()).toList();
      if (!missing.isEmpty()) {
        return Optional.of(
            "its META-INF/MANIFEST.MF lacks "
                + String.join(", ", missing)
                + (missing.contains(REQUIRES)
                    ? "; add the line 'Plugin-Requires: "
                        + hostApi
                        + "', the host-api it is made for"
                    : "; see docs/plugin-guide.md"));
      }
      return file.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .flatMap(name -> refusal(name).stream())
          .findFirst();
    }
  }

  /** A line of a jar's manifest; empty if there is none. */
  static String line(Path jar, String name) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return line(file, name);
    } catch (IOException e) {
      return ""; // said when it is loaded
    }
  }

  private static String line(JarFile jar, String name) {
    try {
      Manifest manifest = jar.getManifest();
      String value = manifest == null ? null : manifest.getMainAttributes().getValue(name);
      return value == null ? "" : value.strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static Optional<String> refusal(String entry) {
    String name = VERSIONED.matcher(entry).replaceFirst("");
    return SHARED.stream()
        .filter(shared -> name.startsWith(shared.folder))
        .findFirst()
        .map(
            shared ->
                Message.of(
                    "it brings its own copy of %s (%s), which plugins share with the host; build it"
                        + " with that dependency in the scope provided",
                    shared.library, entry));
  }
}
