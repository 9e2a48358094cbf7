package dev.forgetmenot.host.run;

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
 * Reads a small YAML 1.2 file into nodes that know their lines. Nothing is made of it but texts,
 * lists and maps: tags make no objects, and a name for a part ({@code &a}, {@code *a}) stays within
 * the file.
 */
final class YamlFile {
  private static final int MOST_BYTES = 256 * 1024;
  private static final int MOST_ALIASES = 16;

  private YamlFile() {}

  /**
   * Reads the one map that the file holds.
   *
   * @throws IOException if the file is missing or cannot be read
   * @throws RunFileException if it is too large, no YAML, or holds something else than a map
   */
  static YamlMap read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file: name a run file");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new RunFileException(
          file, 1, "a run file has at most " + MOST_BYTES + " bytes; this one is something else");
    }
    String text = TextFile.read(file);
    try {
      Iterator<Node> documents = new Compose(settings(file)).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        throw new RunFileException(file, 1, "is empty");
      }
      YamlMap map = new YamlValue(file, "the file", documents.next()).map();
      if (documents.hasNext()) {
        throw new RunFileException(file, 1, "holds several documents: a run file is one");
      }
      return map;
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new RunFileException(file, line, "is not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new RunFileException(file, 1, "is not YAML: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new RunFileException(file, 1, "is nested too deeply: a run file has a few levels", e);
    }
  }

  private static LoadSettings settings(Path file) {
    return LoadSettings.builder()
        .setLabel(file.toString())
        .setSchema(new CoreSchema())
        .setCodePointLimit(MOST_BYTES)
        .setMaxAliasesForCollections(MOST_ALIASES)
        .setAllowDuplicateKeys(false)
        .build();
  }
}
