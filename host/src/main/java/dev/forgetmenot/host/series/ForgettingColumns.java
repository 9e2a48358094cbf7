package dev.forgetmenot.host.series;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import dev.forgetmenot.host.series.SeriesTable.Column;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** What is said of a concept that was forgotten. */
final class ForgettingColumns {
  private static final int LABELS = 2;
  private static final int KIBI = 1024;

  static final List<Column> ALL =
      List.of(
          new Column("concept", SeriesEntry::concept),
          new Column(
              "method",
              entry -> entry.failure().isEmpty() ? entry.method() : "failed: " + entry.failure()),
          new Column("guide", entry -> entry.settings().getOrDefault("guide", "")),
          new Column("left", entry -> by(entry, 0, ForgettingColumns::left)),
          new Column("taken for", entry -> by(entry, 0, ForgettingColumns::became)),
          new Column("left, second judge", entry -> by(entry, 1, ForgettingColumns::left)),
          new Column("taken for, second judge", entry -> by(entry, 1, ForgettingColumns::became)),
          new Column("coherence", ForgettingColumns::coherence),
          new Column("near, points", entry -> by(entry, 0, one -> points(one, Role.NEAR))),
          new Column("others, points", entry -> by(entry, 0, one -> points(one, Role.OTHER))),
          new Column(
              "drift of 255", entry -> entry.isMeasured() ? Message.of("%.1f", entry.drift()) : ""),
          new Column("general words", entry -> by(entry, 0, ForgettingColumns::words)),
          new Column("seconds", entry -> done(entry, entry.seconds())),
          new Column("with report", entry -> done(entry, entry.wholeSeconds())),
          new Column("KiB", entry -> done(entry, (double) entry.bytes() / KIBI)));

  private ForgettingColumns() {}

  /** What a judge says, if there is that judge. */
  static String by(SeriesEntry entry, int judge, Function<Judgement, String> says) {
    return judge < entry.judges().size() ? says.apply(entry.judges().get(judge)) : "";
  }

  static String done(SeriesEntry entry, double value) {
    return entry.failure().isEmpty() ? Message.of("%.1f", value) : "";
  }

  private static String left(Judgement judgement) {
    Row row = judgement.concept();
    String weak =
        ForgettingSummary.isWeak(row) ? " (of " + row.recognisedBefore() + " before)" : "";
    return row.recognisedAfter() + "/" + row.images() + weak;
  }

  private static String became(Judgement judgement) {
    return SeriesTable.most(judgement.concept().after(), LABELS);
  }

  private static String coherence(SeriesEntry entry) {
    return entry.distance().size() < 2
        ? ""
        : Message.of("%.2f ×", entry.distance().get(1) / entry.distance().get(0));
  }

  /** What becomes of the share that is recognised, in hundredths. */
  static String points(Judgement judgement, Role role) {
    List<Row> rows = judgement.rows(role);
    return rows.isEmpty() ? "" : Message.of("%+.1f", change(rows));
  }

  static double change(List<Row> rows) {
    return 100 * (share(rows, Row::recognisedAfter) - share(rows, Row::recognisedBefore));
  }

  private static double share(List<Row> rows, ToIntFunction<Row> recognised) {
    return (double) rows.stream().mapToInt(recognised).sum()
        / rows.stream().mapToInt(Row::images).sum();
  }

  private static String words(Judgement judgement) {
    return judgement.rows(Role.GENERAL_WORD).stream()
        .map(
            row ->
                row.phrase()
                    + ": "
                    + SeriesTable.most(row.before(), LABELS)
                    + " → "
                    + SeriesTable.most(row.after(), LABELS))
        .collect(Collectors.joining("; "));
  }
}
