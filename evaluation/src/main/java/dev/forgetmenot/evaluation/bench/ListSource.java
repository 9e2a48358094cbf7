package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a list comes from: a file, or the program, which brings some.
 *
 * @param file the file, or its name within the program
 * @param shipped whether it is part of the program
 */
record ListSource(Path file, boolean shipped) {
  /** The largest file that is read. */
  static final int MOST_BYTES = 4 << 20;

  /** Names of the lists that are part of the program. */
  static final List<String> SHIPPED = shippedNames();

  private static FileSystem openJar; // null while nothing in it was named

  private static List<String> shippedNames() {
    return new String(resource("lists.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  /** A list by the name of one that is shipped, or by its file. */
  static ListSource of(String nameOrFile) {
    return SHIPPED.contains(nameOrFile)
        ? new ListSource(Path.of(nameOrFile + ".yaml"), true)
        : new ListSource(Path.of(nameOrFile), false);
  }

  /** A file that this one names; a list that is shipped goes by its name. */
  ListSource named(String name) {
    return SHIPPED.contains(name) ? of(name) : new ListSource(file.resolveSibling(name), shipped);
  }

  /**
   * A folder or file that a value names, by its place beside the list.
   *
   * @throws dev.forgetmenot.kit.yaml.YamlException if it is not there
   */
  Path existing(YamlValue value) {
    String name = KeyReader.text(value);
    Path path = shipped ? resources().resolve(name) : file.resolveSibling(name);
    if (!Files.exists(path)) {
      throw value.wrong(
          "names "
              + path
              + ", which is not there: expected a path as seen from the folder of the list");
    }
    return path;
  }

  /**
   * The whole text.
   *
   * @throws IOException if it is missing, too large or no text
   */
  String text() throws IOException {
    if (shipped) {
      return new String(resource(file.toString()), StandardCharsets.UTF_8);
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file: name a file, or one of the lists " + SHIPPED);
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(file + " is larger than " + MOST_BYTES + " bytes: split it");
    }
    return TextFile.read(file);
  }

  /** SHA-256 of the bytes, in hexadecimal digits. */
  String sha256() throws IOException {
    return shipped ? Sha256.hex(resource(file.toString())) : Sha256.hex(file);
  }

  /** The folder of what the program brings; where that is in a jar, the jar stays open. */
  private static synchronized Path resources() {
    try {
      URI list = ListSource.class.getResource("lists.txt").toURI();
      if (list.getScheme().equals("jar") && openJar == null) {
        openJar = FileSystems.newFileSystem(list, Map.of());
      }
      return Path.of(list).getParent();
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("the files of the program cannot be read", e);
    }
  }

  private static byte[] resource(String name) {
    try (InputStream in = ListSource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in the program: install it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the program's " + name + " cannot be read", e);
    }
  }
}
