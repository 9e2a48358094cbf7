package dev.forgetmenot.evaluation.report;

import com.google.gson.Gson;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Numbers that others published, and which of ours stand in the same columns.
 *
 * @param name as {@code --beside} takes it
 * @param title what it shows
 * @param source where the numbers are from, and whether they were read there
 * @param differs what is different from ours: model, judge, seeds
 * @param columns after the method's name
 * @param rows the method's name, then a text for each column
 */
public record PublishedTable(
    String name,
    String title,
    String source,
    String differs,
    List<Column> columns,
    List<List<String>> rows) {
  /**
   * A column.
   *
   * @param name as published
   * @param measure ours that stands there; empty for none
   * @param part of ours
   * @param rest whether the column counts what ours leaves
   */
  public record Column(String name, String measure, String part, boolean rest) {}

  /**
   * The tables of some names.
   *
   * @throws IllegalArgumentException if there is no table of a name; the message has all names
   */
  public static List<PublishedTable> of(List<String> names) {
    List<PublishedTable> all = all();
    List<PublishedTable> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          all.stream()
              .filter(table -> table.name.equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          Message.of(
                              "no published table is named '%s'; known: %s",
                              name,
                              all.stream()
                                  .map(PublishedTable::name)
                                  .collect(Collectors.joining(", "))))));
    }
    return chosen;
  }

  static List<PublishedTable> all() {
    try (InputStream in = PublishedTable.class.getResourceAsStream("published.json")) {
      return Arrays.asList(
          new Gson()
              .fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), PublishedTable[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The published rows, then one for each target of each run. */
  TextTable with(List<ComparedRun> runs) {
    List<String> head = new ArrayList<>(List.of("Method"));
    columns.forEach(column -> head.add(column.name()));
    List<List<String>> lines = new ArrayList<>(rows);
    for (ComparedRun run : runs) {
      for (EvaluationReport.Target target : run.report().targets()) {
        List<String> line = new ArrayList<>(List.of("here: " + run.label() + ", " + target.name()));
        columns.forEach(column -> line.add(ours(run, target.name(), column)));
        lines.add(line);
      }
    }
    return new TextTable(
        title, head, lines, List.of("Source: " + source, "What differs: " + differs));
  }

  private static String ours(ComparedRun run, String target, Column column) {
    return run.report().measurements().stream()
        .filter(line -> line.measure().equals(column.measure()))
        .filter(line -> line.part().equals(column.part()))
        .filter(line -> line.concept().equals(target) || line.concept().isEmpty())
        .filter(line -> line.judge().isEmpty() || line.judge().equals(run.scoring()))
        .findFirst()
        .flatMap(line -> line.patched().map(value -> text(line.unit(), value, column)))
        .orElse(ReadingText.UNDEFINED);
  }

  private static String text(Unit unit, Reading reading, Column column) {
    if (!Double.isFinite(reading.value())) {
      return ReadingText.UNDEFINED;
    }
    double value = column.rest() ? 1 - reading.value() : reading.value();
    return unit == Unit.PERCENT ? Message.of("%.1f", 100 * value) : ReadingText.number(unit, value);
  }
}
