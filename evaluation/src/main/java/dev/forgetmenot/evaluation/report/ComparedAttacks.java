package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.statistics.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attacks of several runs: what came back of each, with the verdict of its own report.
 *
 * @param runs in the order of the columns
 */
record ComparedAttacks(List<ComparedRun> runs) {
  /** A row for each attack and variant; empty where no run has attacks. */
  Optional<TextTable> table() {
    Map<List<String>, List<String>> rows = new LinkedHashMap<>();
    for (int column = 0; column < runs.size(); column++) {
      EvaluationReport report = runs.get(column).report();
      Family family = Family.of(report);
      for (Measurement line : report.measurements()) {
        if (line.attack().isPresent()) {
          List<String> row =
              rows.computeIfAbsent(
                  List.of(line.measure(), line.concept(), line.part()),
                  key -> {
                    List<String> made = new ArrayList<>(List.of(Comparison.named(key)));
                    made.addAll(Collections.nCopies(runs.size(), ""));
                    return made;
                  });
          row.set(column + 1, cell(line, family));
        }
      }
    }
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<String> head = new ArrayList<>(List.of("Attack"));
    runs.forEach(run -> head.add(run.label()));
    return Optional.of(
        new TextTable(
            "Attacks: what came back",
            head,
            List.copyOf(rows.values()),
            List.of(
                "Each verdict is that of the run's own report, adjusted over its questions; * where"
                    + " the attack brought more than as many plain images.")));
  }

  private static String cell(Measurement line, Family family) {
    String count = ReadingText.text(Family.count(line.patched().orElseThrow()));
    Optional<Family.Test> test = family.of(line);
    String verdict = test.map(Family.Test::verdict).map(Verdict::toString).orElse("");
    boolean more = test.flatMap(Family.Test::moreThanLuck).orElse(false);
    return count + " " + verdict + (more ? " *" : "");
  }
}
