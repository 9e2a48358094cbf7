package dev.forgetmenot.host.series;

import static dev.forgetmenot.host.series.ForgettingColumns.by;
import static dev.forgetmenot.host.series.ForgettingColumns.done;

import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import dev.forgetmenot.host.series.SeriesTable.Column;
import java.util.List;
import java.util.stream.Collectors;

/** What is said of a general word that was corrected. */
final class CorrectionColumns {
  private static final int LABELS = 4;

  static final List<Column> ALL =
      List.of(
          new Column("word", SeriesEntry::concept),
          new Column(
              "method",
              entry -> entry.failure().isEmpty() ? entry.method() : "failed: " + entry.failure()),
          new Column("shows", entry -> by(entry, 0, CorrectionColumns::shown)),
          new Column("shows, second judge", entry -> by(entry, 1, CorrectionColumns::shown)),
          new Column("own names", entry -> by(entry, 0, CorrectionColumns::named)),
          new Column("own names, second judge", entry -> by(entry, 1, CorrectionColumns::named)),
          new Column(
              "others, points",
              entry -> by(entry, 0, one -> ForgettingColumns.points(one, Role.OTHER))),
          new Column("missed", entry -> String.join("; ", entry.missed())),
          new Column("seconds", entry -> done(entry, entry.seconds())),
          new Column("with report", entry -> done(entry, entry.wholeSeconds())));

  private CorrectionColumns() {}

  private static String shown(Judgement judgement) {
    Row word = judgement.concept();
    return SeriesTable.most(word.before(), LABELS)
        + " → "
        + SeriesTable.most(word.after(), LABELS)
        + " of "
        + word.images();
  }

  private static String named(Judgement judgement) {
    return judgement.rows(Role.INSTANCE).stream()
        .map(
            row ->
                row.phrase()
                    + " "
                    + row.recognisedBefore()
                    + " → "
                    + row.recognisedAfter()
                    + " of "
                    + row.images())
        .collect(Collectors.joining("; "));
  }
}
