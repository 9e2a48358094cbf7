package dev.forgetmenot.host.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A method with settings as a command line gives it: {@code NAME,KEY=VALUE,..}. A value may hold
 * {@code =}; a comma in it is written {@code \,} and a backslash {@code \\}. A list has its key
 * once for each entry.
 *
 * @param name the method
 * @param settings what differs from its defaults, each value in order
 */
record MethodSpec(String name, Map<String, List<String>> settings) {
  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if a setting has no {@code =}
   */
  static MethodSpec parse(String text) {
    List<String> parts = parts(text);
    Map<String, List<String>> settings = new LinkedHashMap<>();
    for (String part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--method " + text + ": '" + part + "' should be KEY=VALUE; a comma in a value is \\,");
      }
      String key = part.substring(0, equals);
      settings.computeIfAbsent(key, k -> new ArrayList<>()).add(part.substring(equals + 1));
    }
    return new MethodSpec(parts.get(0), settings);
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escapes =
          c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0;
      if (escapes) {
        i++;
        part.append(text.charAt(i));
      } else if (c == ',') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }
}
