package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;

/** What a correction did, in rows of before and after: for a terminal and in Markdown. */
final class CorrectionTable {
  private static final String OWN_NAME = " by its own name";

  private record Line(String what, String before, String after) {}

  private final List<Line> rows = new ArrayList<>();

  CorrectionTable(CorrectionResult before, CorrectionResult after) {
    for (int i = 0; i < before.goals().size(); i++) {
      addGoal(before.goals().get(i), after.goals().get(i));
    }
    if (!before.others().isEmpty()) {
      add(
          before.others().size() + " others, recognised",
          percent(before.retainAccuracy()),
          percent(after.retainAccuracy()));
      add("others, drift of 255", "0.0", String.format(Locale.ROOT, "%.1f", after.drift(before)));
    }
  }

  private void addGoal(GoalResult before, GoalResult after) {
    List<String> shown = ShownPhrases.of(before, after);
    for (String phrase : shown) {
      add(
          before.name() + " shows " + phrase,
          share(before.count(phrase), before.general()),
          share(after.count(phrase), after.general()));
    }
    ToIntFunction<GoalResult> rest = result -> unnamed(result, Set.copyOf(shown));
    if (rest.applyAsInt(before) + rest.applyAsInt(after) > 0) {
      add(
          before.name() + " shows something else",
          share(rest.applyAsInt(before), before.general()),
          share(rest.applyAsInt(after), after.general()));
    }
    for (int i = 0; i < before.similarities().size(); i++) {
      add(
          before.name() + ", similarity to " + before.goal().without().get(i),
          String.format(Locale.ROOT, "%.3f", before.similarities().get(i)),
          String.format(Locale.ROOT, "%.3f", after.similarities().get(i)));
    }
    for (int i = 0; i < before.named().size(); i++) {
      EvaluationResult.Row was = before.named().get(i);
      EvaluationResult.Row is = after.named().get(i);
      add(was.phrase() + OWN_NAME, share(was.recognised(), was), share(is.recognised(), is));
    }
  }

  private static int unnamed(GoalResult result, Set<String> shown) {
    return (int) result.general().seen().stream().filter(phrase -> !shown.contains(phrase)).count();
  }

  private void add(String what, String before, String after) {
    rows.add(new Line(what, before, after));
  }

  private static String share(int part, EvaluationResult.Row of) {
    int whole = of.seen().size();
    return String.format(Locale.ROOT, "%d/%d (%s)", part, whole, percent((double) part / whole));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  /** For a terminal: columns of equal width. */
  List<String> lines() {
    int wide = rows.stream().mapToInt(row -> row.what().length()).max().orElse(0);
    String format = "%-" + Math.max(1, wide) + "s  %14s  %14s";
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, format, "", "before", "after"));
    rows.forEach(
        row ->
            lines.add(String.format(Locale.ROOT, format, row.what(), row.before(), row.after())));
    return lines;
  }

  /** In Markdown. */
  String markdown() {
    StringBuilder text = new StringBuilder("| | before | after |\n|---|---|---|\n");
    for (Line row : rows) {
      text.append("| ").append(row.what()).append(" | ").append(row.before());
      text.append(" | ").append(row.after()).append(" |\n");
    }
    return text.toString();
  }
}
