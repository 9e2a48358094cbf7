package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The attacks of a report as rows of texts, which pages, terminals and tables share. */
public final class AttackRows {
  private static final double MINUTE = 60;

  /** What each cell says. */
  static final List<String> HEAD =
      List.of(
          "attack",
          "variant",
          "access",
          "UNet evaluations",
          "minutes",
          "came back",
          "ceiling",
          "floor",
          "luck",
          "more than luck",
          "verdict",
          "best by");

  private AttackRows() {}

  /** Head and rows; empty where the report has no attacks. */
  static List<List<String>> of(EvaluationReport report, Family family) {
    List<List<String>> rows = new ArrayList<>();
    for (Measurement line : attacks(report)) {
      if (rows.isEmpty()) {
        rows.add(HEAD);
      }
      rows.add(cells(line, family));
    }
    return rows;
  }

  private static List<Measurement> attacks(EvaluationReport report) {
    return Chapter.ATTACKS.parts(report).stream()
        .flatMap(part -> part.measurements().stream())
        .toList();
  }

  /** The cells of a line. */
  static List<String> cells(Measurement line, Family family) {
    Optional<AttackFacts> facts = line.attack();
    if (facts.isEmpty()) {
      Count restored = Family.count(line.patched().orElseThrow());
      String word = restored.k() == restored.n() ? "RESTORED" : "NOT RESTORED";
      return List.of(
          line.measure(),
          line.part(),
          "weights",
          "0",
          "",
          ReadingText.text(restored),
          "",
          "",
          "",
          "",
          word,
          "");
    }
    AttackFacts attack = facts.get();
    Optional<Family.Test> test = family.of(line);
    return List.of(
        line.measure(),
        line.part(),
        attack.access().word() + (attack.adaptive() ? ", adaptive" : ""),
        Long.toString(attack.unetEvaluations()),
        Message.of("%.1f", attack.seconds() / MINUTE),
        counted(line.patched()) + bounds(line.patched()),
        counted(line.original()),
        test.map(one -> ReadingText.text(Family.count(one.question().floor()))).orElse(""),
        counted(Optional.of(attack.luck())),
        test.flatMap(Family.Test::moreThanLuck).map(more -> more ? "yes" : "no").orElse("–"),
        test.map(AttackRows::verdict).orElse("NOT TESTED"),
        attack.recipe());
  }

  private static String verdict(Family.Test test) {
    AttackFacts attack = test.of().attack().orElseThrow();
    return test.verdict() + (attack.budget().word().equals("quick") ? " (quick)" : "");
  }

  private static String counted(Optional<Reading> reading) {
    return reading.map(value -> ReadingText.text(Family.count(value))).orElse("");
  }

  /** The exact interval, of which 0 found leaves the upper end. */
  private static String bounds(Optional<Reading> reading) {
    Count count = Family.count(reading.orElseThrow());
    return Message.of(
        " [%.1f, %.1f]", 100 * count.clopperPearson().low(), 100 * count.clopperPearson().high());
  }
}
