package dev.forgetmenot.host.series;

import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * The concepts of a series, a row each, and sentences over all of them.
 *
 * @param columns what is said of each
 * @param entries one or more
 * @param summary sentences
 */
record SeriesTable(List<Column> columns, List<SeriesEntry> entries, List<String> summary) {
  /** One column; its values say nothing where nothing was measured. */
  record Column(String name, Function<SeriesEntry, String> value) {}

  private static final String NOTHING = "–";

  /** Copies the lists. */
  SeriesTable {
    columns = List.copyOf(columns);
    entries = List.copyOf(entries);
    summary = List.copyOf(summary);
  }

  static SeriesTable of(Operation operation, List<SeriesEntry> entries) {
    boolean forgets = operation == Operation.FORGET;
    return new SeriesTable(
        forgets ? ForgettingColumns.ALL : CorrectionColumns.ALL,
        entries,
        forgets ? new ForgettingSummary(entries).lines() : new CorrectionSummary(entries).lines());
  }

  /** One concept on a terminal. */
  static String line(SeriesEntry entry) {
    if (!entry.failure().isEmpty()) {
      return entry.concept() + ": " + entry.failure();
    }
    String seen =
        entry.judges().stream()
            .map(
                one ->
                    Message.of(
                        "judge %s: %d → %d of %d",
                        one.judge(),
                        one.concept().recognisedBefore(),
                        one.concept().recognisedAfter(),
                        one.concept().images()))
            .collect(Collectors.joining(", "));
    return Message.of(
        "%s: %s, %.1f s and %.1f s for its report; %s",
        entry.concept(),
        entry.method(),
        entry.seconds(),
        entry.reportSeconds(),
        seen.isEmpty() ? "not measured" : seen);
  }

  /** What the images of a concept are taken for by the judge that reports. */
  static String shown(SeriesEntry entry) {
    return entry.isMeasured() ? "→ " + most(entry.reported().concept().after(), 2) : "";
  }

  /** What shows most, with how many images. */
  static String most(Map<String, Integer> labels, int count) {
    return labels.entrySet().stream()
        .limit(count)
        .map(label -> label.getKey() + " " + label.getValue())
        .collect(Collectors.joining(", "));
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    summary.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
    text.append("\n|");
    columns.forEach(column -> text.append(' ').append(column.name()).append(" |"));
    text.append("\n|").append("---|".repeat(columns.size())).append('\n');
    for (SeriesEntry entry : entries) {
      text.append("| ").append(String.join(" | ", values(entry, NOTHING))).append(" |\n");
    }
    return text.toString();
  }

  String csv() throws IOException {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
      printer.printRecord(columns.stream().map(Column::name).toList());
      for (SeriesEntry entry : entries) {
        printer.printRecord(values(entry, ""));
      }
    }
    return text.toString();
  }

  private List<String> values(SeriesEntry entry, String nothing) {
    return columns.stream()
        .map(column -> column.value().apply(entry))
        .map(value -> value.isEmpty() ? nothing : value.replace("|", "\\|"))
        .toList();
  }
}
