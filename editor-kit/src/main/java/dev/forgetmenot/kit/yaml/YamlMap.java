package dev.forgetmenot.kit.yaml;

import dev.forgetmenot.files.Message;
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
 * Keys and values of a YAML file, each taken once; what is not taken is unknown. Hyphens and
 * underscores in keys are the same, and a key that stands twice is refused.
 */
public final class YamlMap {
  private final YamlValue owner;
  private final Map<String, Entry> rest = new LinkedHashMap<>(); // by key with hyphens

  private YamlMap(YamlValue owner) {
    this.owner = owner;
  }

  private record Entry(YamlValue key, YamlValue value) {}

  static YamlMap of(YamlValue owner, MappingNode mapping) {
    YamlMap map = new YamlMap(owner);
    for (NodeTuple tuple : mapping.getValue()) {
      YamlValue key = new YamlValue(owner.file(), "a key", tuple.getKeyNode());
      String name = key.text();
      YamlValue value = new YamlValue(owner.file(), name, tuple.getValueNode());
      Entry older = map.rest.put(plain(name), new Entry(key, value));
      if (older != null) {
        throw key.refusal(
            Message.of(
                "%s is said twice, first in line %s as %s",
                name, older.key().line(), older.value().key()));
      }
    }
    return map;
  }

  private static String plain(String key) {
    return key.replace('_', '-');
  }

  /** Where the map stands. */
  public Path file() {
    return owner.file();
  }

  /** The line where the map begins, from 1. */
  public int line() {
    return owner.line();
  }

  /** Whether the key is there and has not been taken. */
  public boolean has(String key) {
    return rest.containsKey(plain(key));
  }

  /** Takes a value; empty if the key is missing or says nothing. */
  public Optional<YamlValue> take(String key) {
    return Optional.ofNullable(rest.remove(plain(key)))
        .map(Entry::value)
        .filter(value -> !value.isNull());
  }

  /**
   * Takes a value that must be there.
   *
   * @param what it should say, for the message
   */
  public YamlValue require(String key, String what) {
    return take(key).orElseThrow(() -> owner.refusal("the key " + key + " is missing: " + what));
  }

  /** Takes those of the keys that are there, whatever they say; returns them as written. */
  public List<String> takeAll(Collection<String> keys) {
    List<String> there = new ArrayList<>();
    for (String key : keys) {
      Entry entry = rest.remove(plain(key));
      if (entry != null) {
        there.add(entry.value().key());
      }
    }
    return there;
  }

  /** Takes all that has not been taken, of a map whose keys are free. */
  public List<YamlValue> takeRest() {
    List<YamlValue> values = rest.values().stream().map(Entry::value).toList();
    rest.clear();
    return values;
  }

  /**
   * Refuses what has not been taken.
   *
   * @param known all keys that could be there, for the message
   */
  public void requireNothingElse(Collection<String> known) {
    unknown(known).stream()
        .findFirst()
        .ifPresent(
            e -> {
              throw e;
            });
  }

  /**
   * A refusal of each key that has not been taken.
   *
   * @param known all keys that could be there, for the messages
   */
  public List<YamlException> unknown(Collection<String> known) {
    return rest.values().stream()
        .map(
            entry ->
                entry
                    .key()
                    .refusal(
                        entry.value().key()
                            + " is not a known key; the nearest are "
                            + String.join(", ", Suggestions.of(entry.value().key(), known))))
        .toList();
  }
}
