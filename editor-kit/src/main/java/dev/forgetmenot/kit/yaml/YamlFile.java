package dev.forgetmenot.kit.yaml;

import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a YAML 1.2 file into nodes that know their places. Nothing is made of it but texts, lists
 * and maps: tags make no objects, and a name for a part ({@code &a}, {@code *a}) stays within the
 * file.
 *
 * @param kind what such a file is called in messages, like "run file"
 * @param mostBytes the largest file that is read
 */
public record YamlFile(String kind, int mostBytes) {
  private static final int MOST_ALIASES = 16;

  /**
   * Reads the one map that a file holds.
   *
   * @throws IOException if the file is missing or cannot be read
   * @throws YamlException if it is too large, no YAML, or holds something else than a map
   */
  public YamlMap read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file: name a " + kind);
    }
    if (Files.size(file) > mostBytes) {
      throw new YamlException(
          file,
          1,
          "a " + kind + " has at most " + mostBytes + " bytes; this one is something else");
    }
    return parse(file, TextFile.read(file));
  }

  /**
   * Reads the one map that a text holds.
   *
   * @param file where the text comes from, for messages
   * @throws YamlException if it is no YAML or holds something else than a map
   */
  public YamlMap parse(Path file, String text) {
    try {
      Iterator<Node> documents = new Compose(settings(file)).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        throw new YamlException(file, 1, "is empty");
      }
      YamlMap map = new YamlValue(file, "the file", documents.next()).map();
      if (documents.hasNext()) {
        throw new YamlException(file, 1, "holds several documents: a " + kind + " is one");
      }
      return map;
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      int column = e.getProblemMark().map(Mark::getColumn).orElse(0) + 1;
      throw new YamlException(file, line, column, "is not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new YamlException(file, 1, "is not YAML: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new YamlException(file, 1, "is nested too deeply: a " + kind + " has a few levels", e);
    }
  }

  private LoadSettings settings(Path file) {
    return LoadSettings.builder()
        .setLabel(file.toString())
        .setSchema(new CoreSchema())
        .setCodePointLimit(mostBytes)
        .setMaxAliasesForCollections(MOST_ALIASES)
        .setAllowDuplicateKeys(false)
        .build();
  }
}
