package dev.forgetmenot.host.compare;

import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What several methods did to one general word: a table and a sheet. */
public final class ComparedCorrections {
  private static final int COLUMNS = 8;

  /** One method; before is the same for all. */
  private record Line(String method, double seconds, long bytes, CorrectionResult after) {
    GoalResult goal() {
      return after.goals().get(0);
    }
  }

  private final CorrectionTrial trial;
  private final CorrectionResult before;
  private final List<Line> lines = new ArrayList<>();

  /**
   * No method yet.
   *
   * @param trial of one goal
   * @param before what it showed on the base
   */
  public ComparedCorrections(CorrectionTrial trial, CorrectionResult before) {
    this.trial = trial;
    this.before = before;
    add("untouched", 0, 0, before);
  }

  public void add(String method, double seconds, long bytes, CorrectionResult after) {
    lines.add(new Line(method, seconds, bytes, after));
  }

  /** The line of the method that was added last. */
  public String last() {
    return row(lines.get(lines.size() - 1));
  }

  private String row(Line line) {
    GoalResult goal = line.goal();
    GoalResult was = before.goals().get(0);
    return String.format(
        Locale.ROOT,
        "| %s | %.1f | %s | %s | %s | %+.1f | %+.1f | %.1f |",
        line.method(),
        line.seconds(),
        ComparedMethod.kibibytes(line.bytes()),
        goal.hasInstances() ? percent(goal.dominantShare()) : "–",
        goal.hasInstances() ? percent(goal.overshadowedShare()) : "–",
        100 * (0 - goal.worstFall(was)),
        100 * (line.after().retainAccuracy() - before.retainAccuracy()),
        line.after().drift(before));
  }

  public String markdown() {
    CorrectionGoal goal = trial.goals().get(0);
    CorrectionTrial.Size size = trial.size();
    StringBuilder text = new StringBuilder();
    text.append("### ").append(goal.concept().name());
    if (!goal.instances().isEmpty()) {
      text.append(": ").append(String.join(", ", goal.instances()));
    }
    text.append("\n\n\"").append(CorrectionTrial.prompt(goal.concept())).append("\", ");
    text.append(size.ofGeneral()).append(" images; ").append(size.ofInstance());
    text.append(" of each own name; ").append(trial.others().size()).append(" others × ");
    text.append(size.ofOther()).append("; seeds from ").append(size.seed()).append(", ");
    text.append(size.steps()).append(" DDIM steps.\n\n");
    text.append(
        "| method | seconds | patch | dominant | overshadowed | own names, worst, points |");
    text.append(" others, points | drift of 255 |\n|---|---|---|---|---|---|---|---|\n");
    lines.forEach(line -> text.append(row(line)).append('\n'));
    return text.toString();
  }

  ComparisonSheet sheet() {
    CorrectionGoal goal = trial.goals().get(0);
    String names = String.join(", ", goal.instances());
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (Line line : lines) {
      List<RgbImage> others =
          line.after().others().stream()
              .limit(COLUMNS / 2)
              .map(row -> row.images().get(0))
              .toList();
      List<RgbImage> general = line.goal().general().images();
      rows.add(
          new ComparisonSheet.Row(
              line.method(),
              counts(line.goal()),
              general.subList(0, Math.min(COLUMNS, general.size())),
              others));
    }
    return new ComparisonSheet(
        "Correcting \"" + goal.concept().name() + "\" by several methods",
        CorrectionTrial.prompt(goal.concept()),
        trial.others().stream().limit(COLUMNS / 2).collect(Collectors.joining(", ")),
        "seeds from "
            + trial.size().seed()
            + "; recognised by the model's CLIP"
            + (names.isEmpty() ? "" : "; instances: " + names),
        rows);
  }

  private static String counts(GoalResult goal) {
    String of = "/" + goal.general().seen().size();
    List<String> shown = goal.goal().instances();
    return shown.isEmpty()
        ? goal.name() + " " + goal.general().recognised() + of
        : shown.stream()
            .map(instance -> instance + " " + goal.count(instance) + of)
            .collect(Collectors.joining(", "));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
