package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A report in a few lines for a terminal: the most important ones are the last. */
public final class TerminalTable {
  private static final int LABELS = 7;

  private final EvaluationReport report;
  private final Family family;
  private final List<List<String>> rows = new ArrayList<>();

  private TerminalTable(EvaluationReport report) {
    this.report = report;
    family = Family.of(report);
  }

  /**
   * The lines, without line ends: all but the scoring judge's left out, the verdicts at the end.
   */
  public static List<String> lines(EvaluationReport report) {
    return new TerminalTable(report).lines();
  }

  private List<String> lines() {
    rows.add(List.of("measure", "concept", "images", "original", "patched"));
    for (Chapter chapter : Chapter.LEAST_FIRST) {
      chapter.parts(report).stream()
          .flatMap(part -> part.measurements().stream())
          .filter(line -> scored(line) && shortened(chapter, line))
          .forEach(this::add);
    }
    List<String> lines = aligned(rows.size() == 1 ? List.of() : rows);
    Chapter.BECAME.parts(report).stream()
        .flatMap(part -> part.measurements().stream())
        .filter(line -> scored(line) && !line.shares().isEmpty())
        .forEach(
            line ->
                lines.add(
                    Message.of("%s became: %s", line.concept(), ReadingText.shares(line, LABELS))));
    long weak = report.judging().weak();
    if (weak > 0) {
      lines.add(
          Message.of(
              "%d of the %d concepts that the judges were set by are weak for a judge: its rates leave them out",
              weak, report.judging().calibration().size()));
    }
    lines.addAll(aligned(AttackRows.of(report, family)));
    if (!report.notTested().isEmpty()) {
      lines.add(
          "NOT TESTED: "
              + report.notTested().stream()
                  .map(line -> (line.measure() + " " + line.part()).strip())
                  .distinct()
                  .collect(Collectors.joining(", "))
              + " (reasons in the report)");
    }
    family.tests().stream()
        .filter(test -> scored(test.of()) && test.of().attack().isEmpty())
        .forEach(
            test ->
                lines.add(
                    Message.of(
                        "%s, %s: %s",
                        test.of().concept(),
                        test.of().part(),
                        ReadingText.verdict(test, report.bench().preset()))));
    return lines;
  }

  /** Whether a line is of no judge, or of the one that scores. */
  private boolean scored(Measurement line) {
    return line.judge().isEmpty()
        || report.judges().stream().findFirst().map(JudgeUsed::id).orElse("").equals(line.judge());
  }

  /** Of the cost only what both models have a value of; labels have lines of their own. */
  private static boolean shortened(Chapter chapter, Measurement line) {
    return switch (chapter) {
      case COST -> line.original().isPresent() && line.patched().isPresent();
      case BECAME -> line.shares().isEmpty();
      default -> true;
    };
  }

  private void add(Measurement line) {
    rows.add(
        List.of(
            line.measure(),
            line.concept(),
            line.part(),
            text(line, line.original()),
            text(line, line.patched())));
  }

  private static String text(Measurement line, Optional<Reading> reading) {
    return reading.map(value -> ReadingText.full(line.unit(), value)).orElse("");
  }

  private static List<String> aligned(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return new ArrayList<>();
    }
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(
          IntStream.range(0, widths.length)
              .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
              .collect(Collectors.joining("  "))
              .stripTrailing());
    }
    return lines;
  }
}
