package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonObject;
import dev.forgetmenot.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One vocabulary is published in several spellings of JSON: in one line or in many, with blanks or
 * without, with other letters than ASCII's as they are or as escapes.
 */
final class Spellings {
  /** What stands before the first, between two, and after the last; and behind a colon. */
  private record Layout(String before, String between, String after, String colon) {}

  private static final List<Layout> LAYOUTS =
      List.of(
          new Layout("{", ",", "}", ":"),
          new Layout("{", ", ", "}", ": "),
          new Layout("{\n  ", ",\n  ", "\n}", ": "));

  private Spellings() {}

  /** SHA-256 of the spellings, hex; none if an id is no number, which the tokenizer refuses. */
  static Set<String> digests(JsonObject vocabulary) {
    try {
      return spelled(vocabulary);
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      return Set.of();
    }
  }

  private static Set<String> spelled(JsonObject vocabulary) {
    Set<String> digests = new LinkedHashSet<>();
    for (boolean ascii : new boolean[] {false, true}) {
      List<String> keys =
          vocabulary.keySet().stream()
              .sorted(Comparator.comparingInt(key -> vocabulary.get(key).getAsInt()))
              .map(key -> quoted(key, ascii))
              .toList();
      List<Integer> ids =
          vocabulary.asMap().values().stream().map(id -> id.getAsInt()).sorted().toList();
      for (Layout layout : LAYOUTS) {
        String text = text(layout, keys, ids);
        digests.add(Sha256.hex(text.getBytes(StandardCharsets.UTF_8)));
        digests.add(Sha256.hex((text + "\n").getBytes(StandardCharsets.UTF_8)));
      }
    }
    return digests;
  }

  private static String text(Layout layout, List<String> keys, List<Integer> ids) {
    StringBuilder text = new StringBuilder(layout.before);
    for (int i = 0; i < keys.size(); i++) {
      text.append(i == 0 ? "" : layout.between)
          .append(keys.get(i))
          .append(layout.colon)
          .append(ids.get(i));
    }
    return text.append(layout.after).toString();
  }

  private static String quoted(String key, boolean ascii) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || (ascii && c > '~')) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
