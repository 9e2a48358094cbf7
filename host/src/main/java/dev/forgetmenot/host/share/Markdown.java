package dev.forgetmenot.host.share;

import dev.forgetmenot.files.TerminalEscaper;
import java.util.regex.Pattern;

/** Texts of strangers in a page of Markdown: they stay texts, whoever renders it. */
final class Markdown {
  /**
   * What can begin or end markup, HTML, a link or mathematics; and at the start of a line a list.
   */
  private static final Pattern MARKUP =
      Pattern.compile("[\\p{Punct}&&[^,;'\"(/?%.)-]]|^-|(?<=^\\d{1,9})[.)]|(?<=\\b(?i:www))\\.");

  private Markdown() {}

  /**
   * A text within a paragraph, list or cell: one line, with references in the place of characters
   * that mean something. Escapes by a backslash would not do: the Hub takes two of them for the
   * beginning of mathematics.
   */
  static String of(String text) {
    String line = TerminalEscaper.field(text.replaceAll("\\s*\\R\\s*", " ")).strip();
    return MARKUP.matcher(line).replaceAll(found -> "&#" + found.group().codePointAt(0) + ";");
  }
}
