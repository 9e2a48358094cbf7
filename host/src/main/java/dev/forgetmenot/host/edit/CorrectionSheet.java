package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The image of before and after of a correction: each general word in two rows, what keeps its own
 * name, and the others that moved most.
 *
 * @param method who did it
 * @param patch the name of the patch
 * @param seed the first seed of each row
 */
record CorrectionSheet(String method, String patch, long seed) {
  private static final int COLUMNS = 8;
  private static final int GENERAL_ROWS = 2;

  /** General words on one sheet, and own names of each; more would make it too long. */
  private static final int MOST_WORDS = 4;

  private static final int MOST_NAMES = 6;

  ComparisonSheet of(CorrectionResult before, CorrectionResult after) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_WORDS, before.goals().size()); i++) {
      addGoal(before.goals().get(i), after.goals().get(i), rows);
    }
    List<Integer> moved = EditSheet.mostMoved(before.others(), after.others(), COLUMNS);
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
    for (int i = 0; i < Math.min(MOST_NAMES, named.size()); i++) {
      if (!before.hasInstances() && named.get(i).phrase().equals(before.name())) {
        continue; // is there already
      }
      EvaluationResult.Row now = after.named().get(i);
      int of = now.seen().size();
      rows.add(
          new ComparisonSheet.Row(
              now.phrase(),
              "recognised "
                  + named.get(i).recognised()
                  + "/"
                  + of
                  + " → "
                  + now.recognised()
                  + "/"
                  + of,
              part(named.get(i).images(), 0),
              part(now.images(), 0)));
    }
  }

  /** The counts: the dominant instance beside the first row, the rest beside the second. */
  private static List<String> notes(GoalResult before, GoalResult after) {
    List<String> counts =
        ShownPhrases.of(before, after).stream()
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

  private static List<RgbImage> part(List<RgbImage> images, int row) {
    int from = Math.min(row * COLUMNS, images.size());
    return images.subList(from, Math.min(from + COLUMNS, images.size()));
  }

  private static RgbImage first(EvaluationResult.Row row) {
    return row.images().get(0);
  }
}
