package dev.forgetmenot.patching.library;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The folders in which patches are found by name: {@code patches/} in a model's folder, beside it,
 * and in the program's home.
 *
 * @param folders in the order in which they are searched; may be missing
 */
public record PatchFolders(List<Path> folders) {
  private static final String FOLDER = "patches";
  private static final String ENDING = ".fmnpatch";

  /** Copies the list. */
  public PatchFolders {
    folders = List.copyOf(folders);
  }

  /**
   * The folders of a model.
   *
   * @param model its folder or file
   * @param home of the program, with a folder {@code patches/}, if known
   */
  public static PatchFolders of(Path model, Optional<Path> home) {
    Set<Path> folders = new LinkedHashSet<>();
    Path absolute = model.toAbsolutePath().normalize();
    if (Files.isDirectory(absolute)) {
      folders.add(absolute.resolve(FOLDER));
    }
    if (absolute.getParent() != null) {
      folders.add(absolute.resolveSibling(FOLDER));
    }
    home.ifPresent(of -> folders.add(of.resolve(FOLDER)));
    return new PatchFolders(List.copyOf(folders));
  }

  /** One more folder that is searched first. */
  public PatchFolders before(Path folder) {
    List<Path> all = new ArrayList<>();
    all.add(folder);
    all.addAll(folders);
    return new PatchFolders(all);
  }

  /** All patch files, in the order of the folders, then of their names. */
  public List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (var entries = Files.list(folder)) {
          entries
              .filter(file -> String.valueOf(file.getFileName()).endsWith(ENDING))
              .filter(Files::isRegularFile)
              .sorted()
              .forEach(files::add);
        }
      }
    }
    return files;
  }

  /**
   * A patch by the name of its file, with or without the ending, or else by its own name, {@code
   * name} or {@code name@version}.
   *
   * @throws IOException if there is none, or several files of one folder call themselves so; the
   *     message says what there is
   */
  public Path named(String name) throws IOException {
    List<Path> files = files();
    for (Path file : files) {
      String own = String.valueOf(file.getFileName());
      if (own.equals(name) || own.equals(name + ENDING)) {
        return file;
      }
    }
    List<Path> found = new ArrayList<>();
    for (Path file : files) {
      String own = read(file, header -> named(header.manifest()));
      if (own.equals(name) || own.startsWith(name + "@")) {
        found.add(file);
      }
    }
    if (found.size() > 1) {
      throw new IOException(
          "several patches are called '" + name + "': " + found + "; name one by its file");
    }
    if (found.isEmpty()) {
      throw new IOException("there is no patch '" + name + "'" + others(files));
    }
    return found.get(0);
  }

  /** The patch of an id, if it is here. */
  public Optional<Path> withId(String id) throws IOException {
    for (Path file : files()) {
      if (id.equals(read(file, PatchFile.Header::id))) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static String named(Manifest manifest) {
    return manifest.name() + "@" + manifest.patchVersion();
  }

  /** Nothing of a broken file: it is no reason to fail unless it is asked for by its name. */
  private static String read(Path file, Function<PatchFile.Header, String> what)
      throws IOException {
    try {
      return what.apply(PatchFile.header(file));
    } catch (PatchFormatException e) {
      return "";
    }
  }

  private String others(List<Path> files) {
    return files.isEmpty()
        ? ": none is in " + folders
        : "; there are " + files.stream().map(file -> String.valueOf(file.getFileName())).toList();
  }
}
