package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The image of before and after of an edit: each concept in two rows, what keeps its own name, and
 * the others that moved most.
 *
 * @param method who did it
 * @param patch the name of the patch
 * @param seed the first seed of each row
 */
record ReportSheet(String method, String patch, long seed) {
  private static final int COLUMNS = 8;
  private static final int GENERAL_ROWS = 2;

  /** Concepts on one sheet, and own names of each; more would make it too long. */
  private static final int MOST = 6;

  ComparisonSheet of(EvaluationResult before, EvaluationResult after) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST, before.goals().size()); i++) {
      addGoal(before.goals().get(i), after.goals().get(i), rows);
    }
    List<Integer> moved = mostMoved(before.others(), after.others());
    String footer = "seeds from " + seed + "; recognised by a CLIP";
    if (!moved.isEmpty()) {
      rows.add(
          new ComparisonSheet.Row(
              "others",
              "those that moved most",
              moved.stream().map(i -> first(before.others().get(i))).toList(),
              moved.stream().map(i -> first(after.others().get(i))).toList()));
      footer +=
          "; the others: "
              + moved.stream()
                  .map(i -> before.others().get(i).phrase())
                  .collect(Collectors.joining(", "));
    }
    return new ComparisonSheet(
        method + " \"" + before.names() + "\"", "before", "after, with " + patch, footer, rows);
  }

  private static void addGoal(GoalResult before, GoalResult after, List<ComparisonSheet.Row> rows) {
    List<String> notes = notes(before, after);
    List<RgbImage> was = before.general().images();
    List<RgbImage> is = after.general().images();
    for (int i = 0; i < GENERAL_ROWS && i * COLUMNS < was.size(); i++) {
      rows.add(
          new ComparisonSheet.Row(
              i == 0 ? before.name() : "",
              i < notes.size() ? notes.get(i) : "",
              part(was, i),
              part(is, i)));
    }
    List<EvaluationResult.Row> named = before.named();
    for (int i = 0; i < Math.min(MOST, named.size()); i++) {
      if (!before.hasInstances() && named.get(i).phrase().equals(before.name())) {
        continue; // is there already
      }
      EvaluationResult.Row now = after.named().get(i);
      rows.add(
          new ComparisonSheet.Row(
              now.phrase(),
              recognised(named.get(i), now),
              part(named.get(i).images(), 0),
              part(now.images(), 0)));
    }
  }

  /** The counts: the dominant instance beside the first row, the rest beside the second. */
  private static List<String> notes(GoalResult before, GoalResult after) {
    if (before.goal().forgets()) {
      return List.of(recognised(before.general(), after.general()));
    }
    List<String> counts =
        after.shown(before).stream()
            .map(phrase -> phrase + " " + before.count(phrase) + " → " + after.count(phrase))
            .toList();
    if (counts.isEmpty()) {
      return List.of();
    }
    String of = " of " + before.general().seen().size();
    return List.of(
        counts.get(0) + of,
        counts.stream().skip(1).limit(GENERAL_ROWS).collect(Collectors.joining(", ")));
  }

  private static String recognised(EvaluationResult.Row before, EvaluationResult.Row after) {
    return "recognised " + before.of(before.recognised()) + " → " + after.of(after.recognised());
  }

  /** The places of those rows whose images differ most, most first. */
  private static List<Integer> mostMoved(
      List<EvaluationResult.Row> before, List<EvaluationResult.Row> after) {
    double[] drifts =
        IntStream.range(0, before.size())
            .mapToDouble(i -> after.get(i).drift(before.get(i)))
            .toArray();
    return IntStream.range(0, drifts.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -drifts[i]))
        .limit(COLUMNS)
        .toList();
  }

  private static List<RgbImage> part(List<RgbImage> images, int row) {
    int from = Math.min(row * COLUMNS, images.size());
    return images.subList(from, Math.min(from + COLUMNS, images.size()));
  }

  private static RgbImage first(EvaluationResult.Row row) {
    return row.images().get(0);
  }
}
