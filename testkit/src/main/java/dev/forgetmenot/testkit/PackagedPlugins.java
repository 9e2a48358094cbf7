package dev.forgetmenot.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The plugins of the project as the build packed them. */
public final class PackagedPlugins {
  private static final List<String> MODULES =
      List.of(
          "plugin-forget", "plugin-erasers", "plugin-correct", "plugin-patch", "plugin-evaluate");

  private PackagedPlugins() {}

  /**
   * Puts the plugin jars into a folder; returns it.
   *
   * @throws IllegalStateException if they have not been packed: the module that tests them must
   *     come after them in the build
   */
  public static Path copyTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String module : MODULES) {
      Path target = GoldenFolders.inProject(module).resolve("target");
      Path jar = null;
      if (Files.isDirectory(target)) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, module + "-*.jar")) {
          for (Path candidate : jars) {
            jar = candidate;
          }
        }
      }
      if (jar == null) {
        throw new IllegalStateException(
            module + " has not been packed: run this test by 'mvn verify', not by 'mvn test'");
      }
      Files.copy(jar, folder.resolve(jar.getFileName()));
    }
    return folder;
  }
}
