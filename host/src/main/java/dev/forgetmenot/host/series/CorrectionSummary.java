package dev.forgetmenot.host.series;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * Sentences over all general words of a series that were corrected.
 *
 * @param entries all of the series
 */
record CorrectionSummary(List<SeriesEntry> entries) {
  List<String> lines() {
    List<SeriesEntry> measured = entries.stream().filter(SeriesEntry::isMeasured).toList();
    List<String> lines = new ArrayList<>();
    long failed = entries.stream().filter(entry -> !entry.failure().isEmpty()).count();
    long met = measured.stream().filter(entry -> entry.missed().isEmpty()).count();
    lines.add(
        Message.of(
            "%d words, of which %d failed; %d of %d that were measured miss no limit",
            entries.size(), failed, met, measured.size()));
    int judges = measured.stream().mapToInt(entry -> entry.judges().size()).min().orElse(0);
    for (int i = 0; i < judges; i++) {
      int judge = i;
      lines.add(of(measured.stream().map(entry -> entry.judges().get(judge)).toList()));
    }
    return lines;
  }

  private static String of(List<Judgement> all) {
    return Message.of(
        "judge %s: the dominant instance in %.0f %% of the words' images before and %.0f %% after;"
            + " others, mean change %+.1f points",
        all.get(0).judge(),
        100 * all.stream().mapToDouble(one -> dominant(one.concept(), false)).average().orElse(0),
        100 * all.stream().mapToDouble(one -> dominant(one.concept(), true)).average().orElse(0),
        all.stream()
            .filter(one -> !one.rows(Role.OTHER).isEmpty())
            .mapToDouble(one -> ForgettingColumns.change(one.rows(Role.OTHER)))
            .average()
            .orElse(0));
  }

  /** The share of what showed most before. */
  private static double dominant(Row word, boolean after) {
    String most = word.before().keySet().iterator().next();
    return (double) (after ? word.after() : word.before()).getOrDefault(most, 0) / word.images();
  }
}
