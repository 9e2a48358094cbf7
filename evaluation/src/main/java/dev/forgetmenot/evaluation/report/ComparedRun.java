package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A report that is compared with others.
 *
 * @param label names its column
 * @param report what was found
 */
public record ComparedRun(String label, EvaluationReport report) {
  /** A run that is named by its patches. */
  public static ComparedRun of(EvaluationReport report) {
    String patches =
        report.patches().stream()
            .map(TestedPatch::name)
            .map(name -> name.replaceFirst("\\.fmnpatch$", ""))
            .collect(Collectors.joining(" + "));
    return new ComparedRun(patches.isEmpty() ? "no patch" : patches, report);
  }

  /**
   * The runs of some folders. Those that the same patches name are told apart by their folders.
   *
   * @throws IOException if a report cannot be read
   */
  public static List<ComparedRun> read(List<Path> folders) throws IOException {
    List<ComparedRun> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(of(ReportReader.read(folder)));
    }
    List<String> labels = runs.stream().map(ComparedRun::label).toList();
    for (int i = 0; i < runs.size(); i++) {
      if (Collections.frequency(labels, labels.get(i)) > 1) {
        runs.set(i, new ComparedRun(labels.get(i) + ", " + folders.get(i), runs.get(i).report()));
      }
    }
    return runs;
  }

  /** The judge that scores; empty if there is none. */
  String scoring() {
    return report.judges().stream().findFirst().map(JudgeUsed::id).orElse("");
  }

  /**
   * Why the numbers of another run cannot stand beside those of this one.
   *
   * @return a sentence that names both; empty if they can
   */
  Optional<String> differs(ComparedRun other) {
    EvaluationReport mine = report;
    EvaluationReport its = other.report;
    return differs(other, "lists", name(mine.bench()), name(its.bench()))
        .or(
            () ->
                differs(
                    other,
                    "base models",
                    mine.base().label() + " " + mine.base().root(),
                    its.base().label() + " " + its.base().root()))
        .or(() -> differs(other, "settings of images", mine.drawing(), its.drawing()))
        .or(() -> differs(other, "numerics", mine.tool().numerics(), its.tool().numerics()))
        .or(() -> differs(other, "judges", names(mine.judges()), names(its.judges())));
  }

  private Optional<String> differs(ComparedRun other, String what, Object mine, Object its) {
    return Objects.equals(mine, its)
        ? Optional.empty()
        : Optional.of(
            Message.of(
                "'%s' and '%s' are of other %s: %s and %s. Evaluate both alike, then compare",
                label, other.label, what, mine, its));
  }

  private static String name(EvaluationReport.BenchSource bench) {
    return Message.of("%s, version %d, SHA-256 %s", bench.name(), bench.version(), bench.sha256());
  }

  private static List<String> names(List<JudgeUsed> judges) {
    return judges.stream()
        .map(
            judge ->
                Message.of(
                    "%s %s %s, labels %s, τ %s",
                    judge.id(),
                    judge.label(),
                    judge.digest(),
                    judge.vocabularySha256(),
                    judge.tau()))
        .toList();
  }
}
