package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the keys of one map of a list; mistakes are collected. */
final class KeyReader {
  private final YamlMap map;
  private final Problems problems;
  private final List<String> known = new ArrayList<>();

  private KeyReader(YamlMap map, Problems problems) {
    this.map = map;
    this.problems = problems;
  }

  /** Reads a map, then refuses the keys that the reader did not ask for. */
  static <T> T read(YamlMap map, Problems problems, Function<KeyReader, T> reader) {
    KeyReader keys = new KeyReader(map, problems);
    T made = reader.apply(keys);
    map.unknown(keys.known).forEach(problems::add);
    return made;
  }

  /** Where the map begins. */
  Place place() {
    return new Place(map.file(), map.line(), 1);
  }

  /** A value that may be missing; empty as well where it is wrong. */
  <T> Optional<T> optional(String key, Function<YamlValue, T> reader) {
    known.add(key);
    return map.take(key).flatMap(value -> problems.attempt(() -> reader.apply(value)));
  }

  /**
   * A value that must be there; empty where it is missing or wrong.
   *
   * @param what it should say, for the message
   */
  <T> Optional<T> required(String key, String what, Function<YamlValue, T> reader) {
    known.add(key);
    return problems.attempt(() -> reader.apply(map.require(key, what)));
  }

  /** The texts of a list; empty where it is missing. */
  List<Mention> mentions(String key) {
    return optional(key, value -> mentions(value, problems)).orElse(List.of());
  }

  /** The texts of a list that must be there and hold something. */
  List<Mention> someMentions(String key, String what) {
    return required(key, what, value -> mentions(requireSome(value, what), problems))
        .orElse(List.of());
  }

  /** A list that is not empty. */
  static YamlValue requireSome(YamlValue value, String what) {
    if (value.list().isEmpty()) {
      throw value.wrong("is an empty list: expected " + what);
    }
    return value;
  }

  /** The texts of a list; what is no text is left out and its mistake kept. */
  static List<Mention> mentions(YamlValue list, Problems problems) {
    List<Mention> mentions = new ArrayList<>();
    for (YamlValue value : list.list()) {
      problems.attempt(() -> mention(value)).ifPresent(mentions::add);
    }
    return mentions;
  }

  /** A text that is not blank. */
  static Mention mention(YamlValue value) {
    return new Mention(text(value), Problems.place(value));
  }

  /** A text that is not blank. */
  static String text(YamlValue value) {
    if (value.text().isBlank()) {
      throw value.wrong("is blank: write a text, or leave the key out");
    }
    return value.text().strip();
  }

  /** One of some values by its word. */
  static <T> T choice(YamlValue value, List<T> values, Function<T, String> word) {
    String text = value.text();
    List<String> words = values.stream().map(word).toList();
    int index = words.indexOf(text);
    if (index < 0) {
      throw value.wrong(
          "must be one of "
              + String.join(", ", words)
              + ", not '"
              + text
              + "'; did you mean "
              + Suggestions.of(text, words).get(0)
              + "?");
    }
    return values.get(index);
  }
}
