package dev.forgetmenot.host.series;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Sentences over all concepts of a series that were forgotten. A concept is weak for a judge that
 * recognises less than three quarters of its untouched images; what a judge says of it does not
 * count. That is decided by images of the untouched model alone.
 *
 * @param entries all of the series
 */
record ForgettingSummary(List<SeriesEntry> entries) {
  private static final double WEAK = 0.75;

  List<String> lines() {
    List<SeriesEntry> measured = entries.stream().filter(SeriesEntry::isMeasured).toList();
    List<String> lines = new ArrayList<>();
    long failed = entries.stream().filter(entry -> !entry.failure().isEmpty()).count();
    lines.add(
        Message.of(
            "%d concepts, of which %d failed and %d were measured",
            entries.size(), failed, measured.size()));
    if (measured.isEmpty()) {
      return lines;
    }
    int judges = measured.stream().mapToInt(entry -> entry.judges().size()).min().orElseThrow();
    for (int i = 0; i < judges; i++) {
      int judge = i;
      lines.addAll(of(measured.stream().map(entry -> entry.judges().get(judge)).toList()));
    }
    List<SeriesEntry> coherent = measured.stream().filter(this::isCoherent).toList();
    lines.add(
        Message.of(
            "one or two things in 13 of 16 images by every judge, and within 10 %% of the untouched"
                + " images' distance to the nearest known thing: %d of %d concepts",
            coherent.size(), measured.size()));
    lines.add(
        Message.of(
            "seconds for a patch: median %.1f, largest %.1f; with its report: median %.1f, largest"
                + " %.1f",
            median(measured, SeriesEntry::seconds),
            largest(measured, SeriesEntry::seconds),
            median(measured, SeriesEntry::wholeSeconds),
            largest(measured, SeriesEntry::wholeSeconds)));
    return lines;
  }

  /** What one judge says. */
  private static List<String> of(List<Judgement> all) {
    List<Judgement> sure = all.stream().filter(one -> !isWeak(one.concept())).toList();
    String judge = all.get(0).judge();
    List<String> lines = new ArrayList<>();
    if (sure.isEmpty()) {
      return List.of("judge " + judge + ": all concepts are weak");
    }
    double[] left =
        sure.stream()
            .mapToDouble(one -> (double) one.concept().recognisedAfter() / one.concept().images())
            .toArray();
    long few = sure.stream().filter(one -> isGone(one.concept())).count();
    lines.add(
        Message.of(
            "judge %s: left, median %.1f %%; at most 1 of 8 left: %d of %d concepts (%.0f %%)",
            judge, 100 * median(left), few, sure.size(), 100.0 * few / sure.size()));
    for (Role role : List.of(Role.OTHER, Role.NEAR)) {
      List<Judgement> drawn = sure.stream().filter(one -> !one.rows(role).isEmpty()).toList();
      if (!drawn.isEmpty()) {
        lines.add(change(judge, role, drawn));
      }
    }
    String weak =
        all.stream()
            .map(Judgement::concept)
            .filter(ForgettingSummary::isWeak)
            .map(row -> row.phrase() + " " + row.recognisedBefore() + "/" + row.images())
            .collect(Collectors.joining(", "));
    if (!weak.isEmpty()) {
      lines.add("judge " + judge + ", weak and not counted: " + weak);
    }
    return lines;
  }

  private static String change(String judge, Role role, List<Judgement> drawn) {
    ToDoubleFunction<Judgement> points = one -> ForgettingColumns.change(one.rows(role));
    Judgement worst = drawn.stream().min(Comparator.comparingDouble(points)).orElseThrow();
    return Message.of(
        "judge %s: %s, mean change %+.1f points; worst %+.1f (%s); more than 10 points lost for %d"
            + " concepts",
        judge,
        role == Role.OTHER ? "others" : "near",
        drawn.stream().mapToDouble(points).average().orElseThrow(),
        points.applyAsDouble(worst),
        worst.concept().phrase(),
        drawn.stream().filter(one -> points.applyAsDouble(one) < -10).count());
  }

  /** Whether a judge recognises too few of a concept's untouched images. */
  static boolean isWeak(Row concept) {
    return concept.recognisedBefore() < WEAK * concept.images();
  }

  /** At most one of eight images. */
  private static boolean isGone(Row concept) {
    return 8 * concept.recognisedAfter() <= concept.images();
  }

  private boolean isCoherent(SeriesEntry entry) {
    boolean near =
        entry.distance().size() == 2
            && entry.distance().get(1) <= Coherence.CLEAR * entry.distance().get(0);
    return near && entry.judges().stream().allMatch(one -> isOneOrTwo(one.concept()));
  }

  private static boolean isOneOrTwo(Row concept) {
    int most =
        concept.after().entrySet().stream()
            .filter(label -> !label.getKey().equals(concept.phrase()))
            .filter(label -> !label.getKey().equals(EvaluationResult.NO_ANSWER))
            .mapToInt(label -> label.getValue())
            .limit(2)
            .sum();
    return most >= EvaluationResult.ONE_OR_TWO * concept.images();
  }

  private static double median(List<SeriesEntry> entries, ToDoubleFunction<SeriesEntry> value) {
    return median(entries.stream().mapToDouble(value).toArray());
  }

  private static double largest(List<SeriesEntry> entries, ToDoubleFunction<SeriesEntry> value) {
    return entries.stream().mapToDouble(value).max().orElseThrow();
  }

  private static double median(double... values) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
