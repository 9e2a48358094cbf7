package dev.forgetmenot.host.run;

import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which model a run works on: the one that the command line names, or else the one of the file, or
 * else the program's own.
 *
 * @param given what the command line names
 */
public record ModelChoice(Optional<Path> given) {
  /**
   * A model and how it is said in a resolved run file.
   *
   * @param folder where it is
   * @param named as a run file names it; empty for the program's own
   */
  public record Chosen(Path folder, Optional<String> named) {}

  /** The model of a file of our own form, which must be there. */
  Chosen strictly(Optional<YamlValue> named) throws IOException {
    if (given.isPresent() || named.isEmpty()) {
      return usual();
    }
    String text = named.get().text();
    return find(text)
        .orElseThrow(() -> named.get().wrong("names " + text + ", which is not a model"));
  }

  /**
   * The model of a file that was written for another program: where it is not on this machine, the
   * program's own takes its place.
   *
   * @param notes takes a line that says so
   */
  Chosen leniently(Optional<YamlValue> named, List<String> notes) throws IOException {
    if (given.isPresent() || named.isEmpty()) {
      return usual();
    }
    String text = named.get().text();
    Optional<Chosen> found = find(text);
    if (found.isPresent()) {
      return found.get();
    }
    Chosen usual = usual();
    notes.add(
        text
            + " is not here: the model is "
            + usual.folder().getFileName()
            + ". Name another by --model.");
    return usual;
  }

  private Chosen usual() throws IOException {
    return given.isPresent()
        ? new Chosen(given.get(), given.map(Path::toString))
        : new Chosen(InstallDirectory.ofProcess().defaultModel(), Optional.empty());
  }

  private static Optional<Chosen> find(String text) {
    return Optional.of(Path.of(text))
        .filter(Files::exists)
        .map(folder -> new Chosen(folder, Optional.of(text)));
  }
}
