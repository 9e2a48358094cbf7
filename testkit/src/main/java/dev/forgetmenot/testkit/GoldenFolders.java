package dev.forgetmenot.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The reference folders that golden tests run on: every folder with {@code model/} and {@code
 * golden/} in the folder that the system property {@code fmn.golden.dir} names, by default the
 * copies in testkit.
 */
public final class GoldenFolders {
  private GoldenFolders() {}

  /** The reference folders of models with one text encoder, sorted by name. */
  public static List<Path> folders() {
    return all().stream().filter(folder -> !hasTwoTextEncoders(folder)).toList();
  }

  /** Whether a reference is of a model with two text encoders. */
  public static boolean hasTwoTextEncoders(Path folder) {
    return Files.isDirectory(folder.resolve("model/text_encoder_2"));
  }

  /** The reference folders of all models, sorted by name; there is at least one. */
  public static List<Path> all() {
    Path root = root();
    try (var entries = Files.list(root)) {
      List<Path> folders = entries.filter(GoldenFolders::isReference).sorted().toList();
      if (folders.isEmpty()) {
        throw new IllegalStateException(root + " holds no folder with model/ and golden/");
      }
      return folders;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the reference folders of " + root, e);
    }
  }

  /** One folder beside them that holds no model, such as {@code measures}. */
  public static Path folder(String name) {
    return root().resolve(name);
  }

  /**
   * Copies a folder, such as a model that a test changes, with all that is in it.
   *
   * @param copy does not exist yet
   * @return the copy
   */
  public static Path copy(Path folder, Path copy) throws IOException {
    try (var entries = Files.walk(folder)) {
      for (Path entry : entries.sorted().toList()) {
        Path target = copy.resolve(folder.relativize(entry).toString());
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    }
    return copy;
  }

  private static Path root() {
    String given = System.getProperty("fmn.golden.dir", "");
    return given.isBlank() ? inProject("testkit/fixtures") : Path.of(given);
  }

  /** A file or folder of the project by its path from the root, found by walking up. */
  public static Path inProject(String path) {
    Path start = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve(path);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("found no " + path + " in " + start + " or above it");
  }

  private static boolean isReference(Path folder) {
    return Files.isDirectory(folder.resolve("model"))
        && Files.isDirectory(folder.resolve("golden"));
  }
}
