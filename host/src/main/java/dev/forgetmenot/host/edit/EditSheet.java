package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The image of before and after of an edit: the targets, and the others that moved most. */
final class EditSheet {
  private static final int COLUMNS = 4;
  private static final int OTHERS = 6;

  private EditSheet() {}

  static ComparisonSheet of(EditRequest order, EvaluationResult before, EvaluationResult after) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < before.targets().size() && i < OTHERS; i++) {
      rows.add(row(before.targets().get(i), after.targets().get(i)));
    }
    for (int i : mostMoved(before.others(), after.others(), OTHERS)) {
      rows.add(row(before.others().get(i), after.others().get(i)));
    }
    String names =
        String.join(", ", order.concepts().stream().limit(OTHERS).map(c -> c.name()).toList());
    return new ComparisonSheet(
        order.editor().name() + " \"" + names + "\"",
        "before",
        "after, with " + order.patch().getFileName(),
        after.since(before)
            + "; below the targets, the others whose images moved most; seeds from "
            + ForgettingReport.SIZE.seed(),
        rows);
  }

  /** The places of those rows whose images differ most, most first. */
  static List<Integer> mostMoved(
      List<EvaluationResult.Row> before, List<EvaluationResult.Row> after, int most) {
    List<Double> drifts = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      drifts.add(after.get(i).drift(before.get(i)));
    }
    return IntStream.range(0, before.size())
        .boxed()
        .sorted(Comparator.comparing(drifts::get, Comparator.reverseOrder()))
        .limit(most)
        .toList();
  }

  private static ComparisonSheet.Row row(EvaluationResult.Row before, EvaluationResult.Row after) {
    int of = before.seen().size();
    return new ComparisonSheet.Row(
        before.phrase(),
        String.format(
            Locale.ROOT,
            "recognised %d/%d → %d/%d",
            before.recognised(),
            of,
            after.recognised(),
            of),
        shown(before),
        shown(after));
  }

  private static List<RgbImage> shown(EvaluationResult.Row row) {
    return row.images().subList(0, Math.min(COLUMNS, row.images().size()));
  }
}
