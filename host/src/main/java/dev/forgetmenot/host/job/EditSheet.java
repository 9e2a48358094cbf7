package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.editing.measure.TrialResult;
import dev.forgetmenot.host.picture.ComparisonSheet;
import java.util.ArrayList;
import java.util.List;

/** The picture of before and after of an edit: the targets, and the others that moved most. */
final class EditSheet {
  private static final int COLUMNS = 4;
  private static final int OTHERS = 6;

  private EditSheet() {}

  static ComparisonSheet of(EditOrder order, TrialResult before, TrialResult after) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < before.targets().size() && i < OTHERS; i++) {
      rows.add(row(before.targets().get(i), after.targets().get(i)));
    }
    for (int i : mostMoved(before, after)) {
      rows.add(row(before.others().get(i), after.others().get(i)));
    }
    String names =
        String.join(", ", order.concepts().stream().limit(OTHERS).map(c -> c.name()).toList());
    return new ComparisonSheet(
        order.editor().name() + " \"" + names + "\"",
        "before",
        "after, with " + order.patch().getFileName(),
        after.since(before)
            + "; below the targets, the others whose pictures moved most; seeds from "
            + EditJob.REPORT.seed(),
        rows);
  }

  private static List<Integer> mostMoved(TrialResult before, TrialResult after) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < before.others().size(); i++) {
      order.add(i);
    }
    order.sort(
        (a, b) ->
            Double.compare(
                after.others().get(b).drift(before.others().get(b)),
                after.others().get(a).drift(before.others().get(a))));
    return order.subList(0, Math.min(OTHERS, order.size()));
  }

  private static ComparisonSheet.Row row(TrialResult.Row before, TrialResult.Row after) {
    int of = before.seen().size();
    return new ComparisonSheet.Row(
        before.phrase(),
        String.format("recognised %d/%d → %d/%d", before.recognised(), of, after.recognised(), of),
        shown(before),
        shown(after));
  }

  private static List<Picture> shown(TrialResult.Row row) {
    return row.pictures().subList(0, Math.min(COLUMNS, row.pictures().size()));
  }
}
