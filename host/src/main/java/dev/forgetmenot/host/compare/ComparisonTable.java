package dev.forgetmenot.host.compare;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.evaluation.judge.Agreement;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.edit.JudgedEdit;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What several methods did to one concept: a table and a sheet of images. */
final class ComparisonTable {
  private static final int COLUMNS = 8;
  private static final int OTHERS = 4;

  /** Columns of the table; those of the second judge are added. */
  private static final int FORGOTTEN = 7;

  private static final int CORRECTED = 8;
  private static final int SECOND = 3;

  /** One method; before is the same for all. */
  private record Line(String method, double seconds, long bytes, EvaluationResult after) {
    GoalResult goal() {
      return after.goals().get(0);
    }
  }

  private final Concept concept;
  private final Evaluation evaluation;
  private final EvaluationResult before;
  private final Optional<PrototypeImages.Both> both;
  private final List<Line> lines = new ArrayList<>();

  /**
   * A table without a method yet.
   *
   * @param concept as it was named
   * @param evaluation of one goal
   * @param before what it showed on the base
   * @param both two judges, whose counts have columns of their own; empty for none
   */
  ComparisonTable(
      Concept concept,
      Evaluation evaluation,
      EvaluationResult before,
      Optional<PrototypeImages.Both> both) {
    this.concept = concept;
    this.evaluation = evaluation;
    this.before = before;
    this.both = both;
    String unused = add("untouched", 0, 0, before);
  }

  /** Adds a method and gives its line of the table. */
  String add(String method, double seconds, long bytes, EvaluationResult after) {
    Line line = new Line(method, seconds, bytes, after);
    lines.add(line);
    return row(line);
  }

  private EditGoal goal() {
    return evaluation.goals().get(0);
  }

  private String row(Line line) {
    return Message.of(
        "| %s | %.1f | %s | %s | %+.1f | %.1f |%s",
        line.method(),
        line.seconds(),
        kibibytes(line.bytes()),
        goal().forgets() ? forgotten(line) : corrected(line.goal()),
        100 * (line.after().retainAccuracy() - before.retainAccuracy()),
        line.after().drift(before),
        both.map(two -> secondly(line, two)).orElse(""));
  }

  /** What judge B counts, and on how many images A, where it abstains as B does, differs. */
  private String secondly(Line line, PrototypeImages.Both two) {
    EvaluationResult b = evaluation.judged(line.after(), two.prototypes());
    Agreement agreement = JudgedEdit.agreement(b, evaluation.judged(line.after(), two.texts()));
    GoalResult seen = b.goals().get(0);
    return Message.of(
        " %s | %.1f %% | %d/%d |",
        goal().forgets()
            ? seen.general().of(seen.general().recognised())
            : seen.hasInstances() ? percent(seen.dominantShare()) : "–",
        100 * b.retainAccuracy(),
        agreement.disagreeing().size(),
        agreement.images());
  }

  private static String forgotten(Line line) {
    EvaluationResult.Row target = line.goal().general();
    int left = target.recognised();
    return Message.of(
        "%s %s | %.1f %%",
        target.of(left), target.interval(left), 100 * line.after().retainAccuracy());
  }

  private String corrected(GoalResult result) {
    return Message.of(
        "%s | %s | %+.1f",
        result.hasInstances() ? percent(result.dominantShare()) : "–",
        result.hasInstances() ? percent(result.overshadowedShare()) : "–",
        100 * (0 - result.worstFall(before.goals().get(0))));
  }

  private static String kibibytes(long bytes) {
    return bytes < 10 << 10 ? Message.of("%.1f KiB", bytes / 1024.0) : (bytes >> 10) + " KiB";
  }

  private static String percent(double share) {
    return Message.of("%.0f %%", 100 * share);
  }

  String markdown() {
    EditGoal goal = goal();
    Evaluation.Size size = evaluation.size();
    StringBuilder text = new StringBuilder("### ");
    if (goal.forgets()) {
      text.append(concept.name()).append(" (").append(concept.kind().word()).append(')');
    } else {
      text.append(goal.concept().name()).append(goal.instances().isEmpty() ? "" : ": ");
      text.append(String.join(", ", goal.instances()));
    }
    text.append("\n\n\"").append(evaluation.prompt(goal)).append("\", ");
    text.append(size.ofConcept()).append(" images; ");
    if (!goal.forgets()) {
      text.append(size.ofInstance()).append(" of each own name; ");
    }
    text.append(evaluation.others().size()).append(" others × ").append(size.ofOther());
    text.append("; seeds from ").append(size.seed()).append(", ").append(size.steps());
    text.append(" DDIM steps.\n\n| method | seconds | patch | ");
    text.append(
        goal.forgets()
            ? "left | others | points | drift of 255 |"
            : "dominant | overshadowed | own names, worst, points | others, points | drift of 255"
                + " |");
    if (both.isPresent()) {
      text.append(goal.forgets() ? " left, judge B |" : " dominant, judge B |");
      text.append(" others, judge B | B and A differ |");
    }
    text.append('\n').append("|---".repeat(columns())).append("|\n");
    lines.forEach(line -> text.append(row(line)).append('\n'));
    return text.toString();
  }

  private int columns() {
    return (goal().forgets() ? FORGOTTEN : CORRECTED) + (both.isPresent() ? SECOND : 0);
  }

  ComparisonSheet sheet() {
    EditGoal goal = goal();
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (Line line : lines) {
      rows.add(
          new ComparisonSheet.Row(
              line.method(),
              note(line),
              line.goal().general().images().stream().limit(COLUMNS).toList(),
              line.after().others().stream()
                  .limit(OTHERS)
                  .map(row -> row.images().get(0))
                  .toList()));
    }
    return new ComparisonSheet(
        (goal.forgets() ? "Forgetting \"" : "Correcting \"")
            + goal.concept().name()
            + "\" by several methods",
        evaluation.prompt(goal),
        evaluation.others().stream().limit(OTHERS).collect(Collectors.joining(", ")),
        "seeds from "
            + evaluation.size().seed()
            + "; recognised by the model's CLIP"
            + (goal.instances().isEmpty()
                ? ""
                : "; instances: " + String.join(", ", goal.instances())),
        rows);
  }

  private static String note(Line line) {
    GoalResult result = line.goal();
    EvaluationResult.Row general = result.general();
    if (result.goal().forgets()) {
      return Message.of(
          "left %s, others %.0f %%",
          general.of(general.recognised()), 100 * line.after().retainAccuracy());
    }
    return result.hasInstances()
        ? result.goal().instances().stream()
            .map(instance -> instance + " " + general.of(result.count(instance)))
            .collect(Collectors.joining(", "))
        : result.name() + " " + general.of(general.recognised());
  }
}
