package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.evaluation.report.EvaluationReport.CalibratedConcept;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How often each judge is right on each concept, in Markdown: those that a judge knows least first.
 *
 * @param report of any evaluation
 */
public record JudgingTable(EvaluationReport report) {
  /** Its usual file. */
  public static final String FILE = "judging.md";

  /** Sentences: each judge over all concepts, how far they agree, how many are weak. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (JudgeUsed judge : report.judges()) {
      List<String> weak =
          report.judging().calibration().stream()
              .filter(one -> one.weak().contains(judge.id()))
              .map(CalibratedConcept::label)
              .toList();
      lines.add(
          Message.of(
              "judge %s (%s): right on %s, abstains below %.4f; weak on %d of %d concepts%s",
              judge.id(),
              judge.label(),
              ReadingText.text(judge.accuracy().all()),
              judge.tau(),
              weak.size(),
              report.judging().calibration().size(),
              weak.isEmpty() ? "" : ": " + String.join(", ", weak)));
    }
    report
        .judging()
        .agreement()
        .ifPresent(
            agreement ->
                lines.add(
                    Message.of(
                        "the first two differ on %d of %d images (κ %.2f)",
                        agreement.disagreeing().k(),
                        agreement.disagreeing().n(),
                        agreement.kappa())));
    return lines;
  }

  /** The table, with the sentences above it. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    summary().forEach(line -> text.append("- ").append(line).append('\n'));
    List<String> judges = report.judges().stream().map(JudgeUsed::id).toList();
    text.append("\n| concept |");
    judges.forEach(judge -> text.append(' ').append(judge).append(" |"));
    text.append(" weak for |\n|").append("---|".repeat(judges.size() + 2)).append('\n');
    report.judging().calibration().stream()
        .sorted(Comparator.comparingDouble(JudgingTable::least))
        .forEach(
            one ->
                text.append("| ")
                    .append(one.label())
                    .append(
                        judges.stream()
                            .map(judge -> cell(one.right().get(judge)))
                            .collect(Collectors.joining(" | ", " | ", " | ")))
                    .append(String.join(", ", one.weak()))
                    .append(" |\n"));
    return text.toString();
  }

  private static double least(CalibratedConcept one) {
    return one.right().values().stream().mapToDouble(Count::rate).min().orElse(0);
  }

  private static String cell(Count count) { // null where the judge has no such images
    return count == null ? "–" : count.k() + "/" + count.n();
  }
}
