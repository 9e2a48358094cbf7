package dev.forgetmenot.diffusion.tokenizer;

import dev.forgetmenot.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One vocabulary is published in several spellings of JSON: in one line or in many, with blanks or
 * without, with other letters than ASCII's as they are or as escapes; merges with or without a
 * first line that names their version, and with the line ends of one system or another.
 */
final class Spelling {
  /** What stands before the first, between two, and after the last; and after a colon. */
  private record Layout(String before, String between, String after, String colon) {}

  private static final Layout ONE_LINE = new Layout("{", ", ", "}", ": ");
  private static final List<Layout> LAYOUTS =
      List.of(ONE_LINE, new Layout("{", ",", "}", ":"), new Layout("{\n  ", ",\n  ", "\n}", ": "));
  private static final String VERSION = "#version: 0.2";

  private Spelling() {}

  /** SHA-256 of the canonical spelling: one line, blanks, letters as they are, sorted by id. */
  static String vocabulary(Map<String, Integer> words) {
    return Sha256.hex(bytes(text(ONE_LINE, sorted(words), false)));
  }

  /** SHA-256 of all spellings of a vocabulary; each is computed when the stream comes to it. */
  static Stream<String> vocabularies(Map<String, Integer> words) {
    List<Map.Entry<String, Integer>> sorted = sorted(words);
    return Stream.of(true, false)
        .flatMap(
            ascii ->
                LAYOUTS.stream()
                    .map(layout -> text(layout, sorted, ascii))
                    .flatMap(text -> Stream.of(text, text + "\n"))
                    .map(text -> Sha256.hex(bytes(text))));
  }

  /** SHA-256 of the canonical spelling: the version, then a line for each, all ended. */
  static String merges(List<String> merges) {
    return Sha256.hex(bytes(text(VERSION + "\n", merges, "\n") + "\n"));
  }

  /** SHA-256 of all spellings of merges; each is computed when the stream comes to it. */
  static Stream<String> allMerges(List<String> merges) {
    return Stream.of("\n", "\r\n")
        .flatMap(
            end ->
                Stream.of(VERSION + end, "")
                    .map(first -> text(first, merges, end))
                    .flatMap(text -> Stream.of(text + end, text))
                    .map(text -> Sha256.hex(bytes(text))));
  }

  private static String text(String first, List<String> merges, String end) {
    StringBuilder text = new StringBuilder(first);
    for (int i = 0; i < merges.size(); i++) {
      text.append(i == 0 ? "" : end).append(merges.get(i));
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** By id; of equal ids by word. */
  private static List<Map.Entry<String, Integer>> sorted(Map<String, Integer> words) {
    List<Map.Entry<String, Integer>> entries = new ArrayList<>(words.entrySet());
    entries.sort(
        Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
    return entries;
  }

  private static String text(Layout layout, List<Map.Entry<String, Integer>> words, boolean ascii) {
    StringBuilder text = new StringBuilder(24 * words.size()).append(layout.before);
    String between = "";
    for (Map.Entry<String, Integer> word : words) {
      text.append(between);
      quote(word.getKey(), ascii, text);
      text.append(layout.colon).append((int) word.getValue());
      between = layout.between;
    }
    return text.append(layout.after).toString();
  }

  /** Writes a text as JSON. */
  static void quote(String text, boolean ascii, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < ' ' || (ascii && c > '~')) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          to.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
