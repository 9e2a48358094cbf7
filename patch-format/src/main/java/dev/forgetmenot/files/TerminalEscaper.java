package dev.forgetmenot.files;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text that shows what it is. Files of strangers hold texts, and a terminal obeys some characters:
 * it would clear lines, rename its window, turn the order of words around or show nothing.
 */
public final class TerminalEscaper {
  /** What no text may hold: control characters, and what overrides the direction of writing. */
  private static final String OBEYED =
      "\\r(?!\\n)|[\\p{Cc}&&[^\\r\\n\\t]]|[\\u202a-\\u202e\\u2066-\\u2069]";

  /** What a part of a line may not hold beside: ends of lines, and what shows nothing. */
  private static final String UNSEEN =
      "|[\\r\\n\\t\\u2028\\u2029\\u200b-\\u200f\\u2060-\\u2065\\u061c\\ufeff\\x{e0000}-\\x{e007f}]";

  private static final Pattern IN_LINES = Pattern.compile(OBEYED);

  private static final Pattern IN_A_FIELD = Pattern.compile(OBEYED + UNSEEN);

  private TerminalEscaper() {}

  /** Whole lines, with such characters written as JSON would, like {@code \}{@code u001b}. */
  public static String of(String text) {
    return written(IN_LINES, text);
  }

  /**
   * A part of a line that comes from a file: also the ends of lines are written out, so that it
   * cannot begin a line of its own, and characters that are not seen.
   */
  public static String field(String text) {
    return written(IN_A_FIELD, text);
  }

  private static String written(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .replaceAll(
            found -> {
              int code = found.group().codePointAt(0);
              return String.format(Locale.ROOT, code > 0xffff ? "\\\\u{%x}" : "\\\\u%04x", code);
            });
  }
}
