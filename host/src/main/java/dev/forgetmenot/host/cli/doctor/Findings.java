package dev.forgetmenot.host.cli.doctor;

import com.google.gson.GsonBuilder;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was found, for people and for programs: sections of facts, each with a value that programs
 * read and a text that people read. Keys are stable: docs/troubleshooting.md lists them.
 */
final class Findings {
  private final Map<String, Map<String, Object>> values = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** Adds a fact whose text is its value. */
  void add(String section, String key, Object value) {
    add(section, key, value, value instanceof List<?> list ? words(list) : String.valueOf(value));
  }

  /**
   * Adds a fact.
   *
   * @param value null, a text, a number, a truth, or lists and maps of them
   */
  void add(String section, String key, Object value, String text) {
    if (!values.containsKey(section)) {
      values.put(section, new LinkedHashMap<>());
      lines.add((lines.isEmpty() ? "" : "\n") + section);
    }
    values.get(section).put(key, value);
    line(words(key), text);
  }

  /** A key in words: {@code totalBytes} is "total", {@code image512} is "image 512". */
  private static String words(String key) {
    return key.replaceFirst("Bytes$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z0-9])", " ")
        .toLowerCase(Locale.ROOT);
  }

  /** Adds a line for people alone. */
  void line(String label, String text) {
    lines.add(Message.of("  %-21s %s", label, text));
  }

  /** Adds what keeps commands from running. */
  void problem(String sentence) {
    problems.add(sentence);
  }

  private static String words(List<?> list) {
    return list.isEmpty() ? "none" : String.join(", ", list.stream().map(String::valueOf).toList());
  }

  /** What keeps commands from running; empty if nothing does. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  public String json() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("problems", problems);
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeNulls()
        .create()
        .toJson(all);
  }
}
