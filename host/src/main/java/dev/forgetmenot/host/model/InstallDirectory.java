package dev.forgetmenot.host.model;

import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The folder that the program was installed into, with {@code plugins/} and {@code models/}. The
 * launcher names it by the system property {@code fmn.home}.
 *
 * @param root the folder
 */
public record InstallDirectory(Path root) {
  private static final String PROPERTY = "fmn.home";
  private static final String MODEL_INDEX = "model_index.json";
  private static final String CHECKPOINT = ".safetensors";

  /**
   * The home of this process.
   *
   * @throws IllegalStateException if the launcher did not name it
   */
  public static InstallDirectory ofProcess() {
    return ifKnown()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the system property "
                        + PROPERTY
                        + " is not set: start the program by its launcher, or name the folders by"
                        + " --plugins and --model"));
  }

  /** The home of this process, if its launcher named it. */
  public static Optional<InstallDirectory> ifKnown() {
    String home = System.getProperty(PROPERTY, "");
    return home.isEmpty() ? Optional.empty() : Optional.of(new InstallDirectory(Path.of(home)));
  }

  /** A folder of the home. */
  public Path folder(String name) {
    return root.resolve(name);
  }

  /** The model folders and single-file checkpoints in {@code models/}, by name. */
  public List<Path> models() throws IOException {
    Path models = folder("models");
    if (!Files.isDirectory(models)) {
      return List.of();
    }
    try (var entries = Files.list(models)) {
      return entries
          .filter(
              entry ->
                  Files.isRegularFile(entry.resolve(MODEL_INDEX))
                      || (Files.isRegularFile(entry) && entry.toString().endsWith(CHECKPOINT)))
          .sorted()
          .toList();
    }
  }

  /**
   * The model that is used where none is named: the one that the text file {@code models/default}
   * names, or else the first.
   *
   * @throws IOException if there is none
   */
  public Path defaultModel() throws IOException {
    Path chosen = folder("models").resolve("default");
    if (Files.isRegularFile(chosen)) {
      return folder("models").resolve(TextFile.read(chosen).strip());
    }
    return models().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "there is no model in " + folder("models") + ": name one by --model"));
  }
}
