package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import java.util.List;

/** What belongs together in a report, in the order of its pages. */
enum Chapter {
  /** Whether the targets still come. */
  FORGETTING("Forgetting"),
  /** What other things lost. */
  COST("Cost to others"),
  /** Whether the targets can be brought back. */
  ATTACKS("Attacks"),
  /** Whether inversion finds the targets again. */
  M_SCORE("M-Score"),
  /** What is drawn in the targets' place. */
  BECAME("What it became"),
  /** All else, such as what the weights do to texts. */
  FURTHER("Further measures");

  /** The order of a terminal, where the last lines are read first. */
  static final List<Chapter> LEAST_FIRST = List.of(FURTHER, M_SCORE, COST, BECAME, FORGETTING);

  private final String title;

  Chapter(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** What its evaluators found; one that no chapter names belongs to the last. */
  List<Part> parts(EvaluationReport report) {
    return report.parts().stream().filter(part -> of(part.evaluator()) == this).toList();
  }

  private static Chapter of(String evaluator) {
    return switch (evaluator) {
      case "forgetting" -> FORGETTING;
      case "neighbours", "general", "grid" -> COST;
      case "attacks" -> ATTACKS;
      case "m-score" -> M_SCORE;
      case "became" -> BECAME;
      default -> FURTHER;
    };
  }
}
