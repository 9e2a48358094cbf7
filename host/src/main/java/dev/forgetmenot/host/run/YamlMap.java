package dev.forgetmenot.host.run;

import dev.forgetmenot.files.Suggestions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * Keys and values of a run file, each taken once; what is not taken is unknown. Hyphens and
 * underscores in keys are the same, and a key that stands twice is refused.
 */
final class YamlMap {
  private final Path file;
  private final int line;
  private final Map<String, YamlValue> rest = new LinkedHashMap<>(); // by key with hyphens

  private YamlMap(Path file, int line) {
    this.file = file;
    this.line = line;
  }

  static YamlMap of(YamlValue owner, MappingNode mapping) {
    YamlMap map = new YamlMap(owner.file(), owner.line());
    for (NodeTuple tuple : mapping.getValue()) {
      YamlValue key = new YamlValue(owner.file(), "a key", tuple.getKeyNode());
      String name = key.text();
      YamlValue older =
          map.rest.put(plain(name), new YamlValue(owner.file(), name, tuple.getValueNode()));
      if (older != null) {
        throw new RunFileException(
            owner.file(),
            key.line(),
            name + " is said twice, first in line " + older.line() + " as " + older.key());
      }
    }
    return map;
  }

  private static String plain(String key) {
    return key.replace('_', '-');
  }

  Path file() {
    return file;
  }

  int line() {
    return line;
  }

  /** Whether the key is there and has not been taken. */
  boolean has(String key) {
    return rest.containsKey(plain(key));
  }

  /** Takes a value; empty if the key is missing or says nothing. */
  Optional<YamlValue> take(String key) {
    return Optional.ofNullable(rest.remove(plain(key))).filter(value -> !value.isNull());
  }

  /** Takes a value that must be there. */
  YamlValue require(String key, String what) {
    return take(key)
        .orElseThrow(
            () -> new RunFileException(file, line, "the key " + key + " is missing: " + what));
  }

  /** Takes those of the keys that are there, whatever they say; returns them as written. */
  List<String> takeAll(Collection<String> keys) {
    List<String> there = new ArrayList<>();
    for (String key : keys) {
      YamlValue value = rest.remove(plain(key));
      if (value != null) {
        there.add(value.key());
      }
    }
    return there;
  }

  /**
   * Refuses what has not been taken.
   *
   * @param known all keys that could be there, for the message
   */
  void requireNothingElse(Collection<String> known) {
    for (YamlValue value : rest.values()) {
      throw new RunFileException(
          file,
          value.line(),
          value.key()
              + " is not a known key; the nearest are "
              + String.join(", ", Suggestions.of(value.key(), known)));
    }
  }
}
