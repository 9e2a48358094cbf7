package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import j2html.tags.specialized.TrTag;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of texts, for pages and in Markdown.
 *
 * @param title what it shows
 * @param head names of its columns
 * @param rows as long as the head, the first cell names the row
 * @param notes sentences below it
 */
record TextTable(String title, List<String> head, List<List<String>> rows, List<String> notes) {
  TextTable {
    head = List.copyOf(head);
    rows = rows.stream().map(List::copyOf).toList();
    notes = List.copyOf(notes);
  }

  List<DomContent> html() {
    List<TrTag> lines =
        rows.stream()
            .map(
                row ->
                    tr(
                        Tables.first(text(row.get(0))),
                        each(
                            IntStream.range(1, row.size())
                                .mapToObj(i -> Tables.cell(head.get(i), row.get(i)))
                                .toList(),
                            cell -> cell)))
            .toList();
    return List.of(Tables.of(title, head, lines), each(notes, note -> p(note)));
  }

  String markdown() {
    StringBuilder text = new StringBuilder("**" + escaped(title) + "**\n\n");
    text.append(line(head)).append("|---".repeat(head.size())).append("|\n");
    rows.forEach(row -> text.append(line(row)));
    notes.forEach(note -> text.append('\n').append(escaped(note)).append('\n'));
    return text.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream().map(TextTable::escaped).collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** Names of concepts and patches are text, not markup. */
  private static String escaped(String text) {
    return text.replaceAll("\\R", " ").replaceAll("([\\\\`*_<>|\\[\\]])", "\\\\$1");
  }
}
