package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.statistics.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * A report as tables for other programs: RFC 4180, UTF-8, a header line, an empty cell for nothing.
 */
final class ResultTables {
  private ResultTables() {}

  /** One row for each image of each set. */
  static byte[] results(EvaluationReport report) throws IOException {
    List<String> head =
        new ArrayList<>(List.of("key", "set", "state", "prompt", "seed", "expected"));
    for (JudgeUsed judge : report.judges()) {
      head.addAll(
          List.of(judge.id() + "_label", judge.id() + "_margin", judge.id() + "_abstained"));
    }
    List<List<Object>> rows = new ArrayList<>();
    for (DrawnSet set : report.sets()) {
      for (DrawnShot drawn : set.images()) {
        rows.add(row(report, set, drawn, ModelState.ORIGINAL, drawn.original()));
        drawn
            .patched()
            .ifPresent(unit -> rows.add(row(report, set, drawn, ModelState.PATCHED, unit)));
      }
    }
    return csv(head, rows);
  }

  private static List<Object> row(
      EvaluationReport report, DrawnSet set, DrawnShot drawn, ModelState state, JudgedUnit unit) {
    List<Object> row =
        new ArrayList<>(
            List.of(
                unit.key(),
                set.id(),
                ReportJson.word(state),
                drawn.shot().prompt(),
                drawn.shot().seed(),
                drawn.shot().label()));
    for (JudgeUsed judge : report.judges()) {
      JudgedImage answer = unit.answers().get(judge.id());
      row.addAll(
          answer == null
              ? Collections.nCopies(3, "")
              : List.of(answer.label(), answer.margin(), answer.abstained()));
    }
    return row;
  }

  /** One row for each measurement, and for each that was not tested. */
  static byte[] measures(EvaluationReport report) throws IOException {
    Family family = Family.of(report);
    List<List<Object>> rows = new ArrayList<>();
    for (Part part : report.parts()) {
      part.measurements().forEach(line -> rows.add(row(part, line, family.of(line))));
      part.notTested().forEach(line -> rows.add(row(part, line)));
    }
    return csv(
        List.of(
            "evaluator",
            "measure",
            "concept",
            "part",
            "judge",
            "unit",
            "good",
            "original",
            "original_k",
            "original_n",
            "original_low",
            "original_high",
            "patched",
            "patched_k",
            "patched_n",
            "patched_low",
            "patched_high",
            "p_paired",
            "p_floor",
            "p_holm",
            "verdict",
            "reason"),
        rows);
  }

  private static List<Object> row(Part part, Measurement line, Optional<Family.Test> test) {
    List<Object> row =
        new ArrayList<>(
            List.of(
                part.evaluator(),
                line.measure(),
                line.concept(),
                line.part(),
                line.judge(),
                ReportJson.word(line.unit()),
                ReportJson.word(line.good())));
    row.addAll(cells(line.original()));
    row.addAll(cells(line.patched()));
    row.add(line.p().<Object>map(p -> p).orElse(""));
    row.add(test.<Object>map(asked -> asked.question().p()).orElse(""));
    row.add(test.<Object>map(Family.Test::adjusted).orElse(""));
    row.add(test.<Object>map(Family.Test::verdict).orElse(""));
    row.add("");
    return row;
  }

  private static List<Object> row(Part part, NotTested line) {
    List<Object> row =
        new ArrayList<>(List.of(part.evaluator(), line.measure(), line.concept(), line.part()));
    row.addAll(Collections.nCopies(16, ""));
    row.add(Verdict.NOT_TESTED);
    row.add(line.reason());
    return row;
  }

  private static List<Object> cells(Optional<Reading> reading) {
    return reading
        .map(
            value ->
                List.of(
                    finite(value.value()),
                    value.n() == 0 ? "" : value.k(),
                    value.n() == 0 ? "" : value.n(),
                    finite(value.low()),
                    finite(value.high())))
        .orElse(Collections.nCopies(5, ""));
  }

  private static Object finite(double value) {
    return Double.isFinite(value) ? value : "";
  }

  private static byte[] csv(List<String> head, List<List<Object>> rows) throws IOException {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
      printer.printRecord(head);
      for (List<Object> row : rows) {
        printer.printRecord(row);
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
