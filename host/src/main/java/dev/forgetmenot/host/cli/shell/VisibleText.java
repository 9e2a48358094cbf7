package dev.forgetmenot.host.cli.shell;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text that shows what it is. Files of strangers hold texts, and a terminal obeys some characters:
 * it would clear lines, rename its window or turn the order of words around.
 */
final class VisibleText {
  // Control characters but the ends of lines and tabs, and what overrides the direction of writing.
  private static final Pattern OBEYED =
      Pattern.compile("\\r(?!\\n)|[\\p{Cc}&&[^\\r\\n\\t]]|[\\u202a-\\u202e\\u2066-\\u2069]");

  private VisibleText() {}

  /** The text with such characters written as JSON would, like {@code \}{@code u001b}. */
  static String of(String text) {
    return OBEYED
        .matcher(text)
        .replaceAll(
            found -> String.format(Locale.ROOT, "\\\\u%04x", (int) found.group().charAt(0)));
  }
}
