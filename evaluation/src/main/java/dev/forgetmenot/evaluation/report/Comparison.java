package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.evaluation.statistics.Holm;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Interval;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reports of several runs side by side. Images of the same prompt and seed are paired; each line is
 * tested against that of the first run that has it (McNemar's exact test), and p is adjusted over
 * all tests of the comparison (Holm 1979).
 */
public final class Comparison {
  private final List<ComparedRun> runs;
  private final List<PublishedTable> beside;

  /**
   * A comparison.
   *
   * @param runs two or more, of one list, base and kind of judges
   * @param beside published numbers that are laid beside
   * @throws IllegalArgumentException if two runs cannot be compared; the message says why
   */
  public Comparison(List<ComparedRun> runs, List<PublishedTable> beside) {
    if (runs.size() < 2) {
      throw new IllegalArgumentException("A comparison needs the reports of 2 runs or more");
    }
    for (ComparedRun run : runs) {
      runs.get(0)
          .differs(run)
          .ifPresent(
              reason -> {
                throw new IllegalArgumentException(reason);
              });
    }
    this.runs = List.copyOf(runs);
    this.beside = List.copyOf(beside);
  }

  /** The tables in Markdown. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    for (TextTable table : tables()) {
      text.append(text.isEmpty() ? "" : "\n").append(table.markdown());
    }
    return text.toString();
  }

  /** The tables as a page. */
  public byte[] html() {
    return HtmlPage.ofTables("Evaluations side by side", tables());
  }

  private List<TextTable> tables() {
    List<TextTable> tables = new ArrayList<>(List.of(paired(), all()));
    new ComparedAttacks(runs).table().ifPresent(tables::add);
    new TrainingSpread(runs).table().ifPresent(tables::add);
    beside.forEach(published -> tables.add(published.with(runs)));
    return tables;
  }

  /**
   * A line of one run.
   *
   * @param first the line of the first earlier run of the same prompts and seeds
   * @param verdict in the run's own report; empty where it asks no question
   */
  private record Row(
      String run, PairedLine line, Optional<PairedLine> first, Optional<Verdict> verdict) {
    int onlyFirst() {
      return first.orElseThrow().only(line);
    }

    int onlyThis() {
      return line.only(first.orElseThrow());
    }

    double p() {
      return ExactTest.mcNemar(onlyFirst(), onlyThis());
    }
  }

  private TextTable paired() {
    List<Row> rows = new ArrayList<>();
    byKey().values().forEach(rows::addAll);
    List<Row> tests = rows.stream().filter(row -> row.first().isPresent()).toList();
    List<Double> adjusted = Holm.adjusted(tests.stream().map(Row::p).toList());
    Iterator<Double> next = adjusted.iterator();
    return new TextTable(
        "Counts of the patched models, paired by prompt and seed",
        List.of(
            "Images",
            "Patch",
            "Count",
            "95 %",
            "Verdict",
            "only the first",
            "only this",
            "p",
            "p (Holm)"),
        rows.stream()
            .map(row -> cells(row, row.first().isPresent() ? next.next() : Double.NaN))
            .toList(),
        List.of(
            Message.of(
                "UA lines count the images in which the judge finds the target, others those that it"
                    + " calls what was asked for. Each run is tested against the first of the same"
                    + " images by McNemar's exact test; p is adjusted over %d tests. A verdict is"
                    + " that of the run's own report.",
                tests.size())));
  }

  private Map<List<String>, List<Row>> byKey() {
    Map<List<String>, List<Row>> lines = new LinkedHashMap<>();
    for (ComparedRun run : runs) {
      Family family = Family.of(run.report());
      for (Measurement measured : run.report().measurements()) {
        if (measured.judge().equals(run.scoring())) {
          PairedLine.of(run.report(), measured)
              .ifPresent(
                  line -> {
                    List<Row> same = lines.computeIfAbsent(line.key(), key -> new ArrayList<>());
                    same.add(
                        new Row(
                            run.label(),
                            line,
                            same.stream().map(Row::line).filter(line::isPairedWith).findFirst(),
                            family.of(measured).map(Family.Test::verdict)));
                  });
        }
      }
    }
    return lines;
  }

  private static List<String> cells(Row row, double adjusted) {
    Interval interval = row.line().count().wilson();
    List<String> cells =
        new ArrayList<>(
            List.of(
                named(row.line().key()),
                row.run(),
                ReadingText.text(row.line().count()),
                Message.of("%.1f to %.1f %%", 100 * interval.low(), 100 * interval.high()),
                row.verdict().map(Verdict::toString).orElse("")));
    cells.addAll(
        row.first().isPresent()
            ? List.of(
                Integer.toString(row.onlyFirst()),
                Integer.toString(row.onlyThis()),
                ReadingText.p(row.p()),
                ReadingText.p(adjusted))
            : List.of("", "", "", ""));
    return cells;
  }

  private TextTable all() {
    Map<List<String>, List<String>> rows = new LinkedHashMap<>();
    for (int column = 0; column < runs.size(); column++) {
      for (Measurement line : runs.get(column).report().measurements()) {
        String scoring = runs.get(column).scoring();
        if (line.patched().isPresent()
            && (line.judge().isEmpty() || line.judge().equals(scoring))) {
          List<String> key = List.of(line.measure(), line.concept(), line.part());
          List<String> row =
              rows.computeIfAbsent(
                  key,
                  name -> {
                    List<String> made = new ArrayList<>(List.of(named(name), original(line)));
                    runs.forEach(run -> made.add(""));
                    return made;
                  });
          row.set(column + 2, ReadingText.full(line.unit(), line.patched().get()));
        }
      }
    }
    List<String> head = new ArrayList<>(List.of("Measure", "original"));
    runs.forEach(run -> head.add(run.label()));
    return new TextTable("All measures", head, List.copyOf(rows.values()), List.of());
  }

  private static String original(Measurement line) {
    return line.original().map(value -> ReadingText.full(line.unit(), value)).orElse("");
  }

  /** The name of a line, from measure, concept and part. */
  static String named(List<String> key) {
    List<String> words = new ArrayList<>(key);
    words.removeIf(String::isEmpty);
    return String.join(" · ", words);
  }
}
