package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an edit did, in rows of before and after: for a terminal and in Markdown. */
final class ReportTable {
  private record Line(String what, String before, String after) {}

  private static final Line HEAD = new Line("", "before", "after");

  /** Labels of what a concept is taken for. */
  private static final int LABELS = 3;

  private final List<Line> rows = new ArrayList<>();

  /**
   * Of an edit.
   *
   * @param judge that judged the images
   */
  ReportTable(EvaluationResult before, EvaluationResult after, ImageClassifier judge) {
    for (int i = 0; i < before.goals().size(); i++) {
      addGoal(before.goals().get(i), after.goals().get(i));
      if (before.goals().get(i).goal().forgets()) {
        addReplacement(before.goals().get(i), after.goals().get(i), judge);
      }
    }
    if (!before.near().isEmpty()) {
      add(
          "near: " + names(before.near()) + ", recognised",
          percent(before.nearRecognised()),
          percent(after.nearRecognised()));
    }
    if (!before.others().isEmpty()) {
      add(
          before.others().size() + " others, recognised",
          percent(before.retainAccuracy()),
          percent(after.retainAccuracy()));
      add("others, drift of 255", "0.0", Message.of("%.1f", after.drift(before)));
    }
  }

  /** The first few, for a line. */
  private static String names(List<EvaluationResult.Row> near) {
    String first =
        near.stream()
            .limit(LABELS)
            .map(EvaluationResult.Row::phrase)
            .collect(Collectors.joining(", "));
    int more = near.size() - LABELS;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private void addGoal(GoalResult before, GoalResult after) {
    List<String> shown = after.shown(before);
    for (String phrase : shown) {
      add(
          before.name() + " shows " + phrase,
          share(before.count(phrase), before.general()),
          share(after.count(phrase), after.general()));
    }
    ToIntFunction<GoalResult> rest = result -> unnamed(result, Set.copyOf(shown));
    if (!before.goal().forgets() && rest.applyAsInt(before) + rest.applyAsInt(after) > 0) {
      add(
          before.name() + " shows something else",
          share(rest.applyAsInt(before), before.general()),
          share(rest.applyAsInt(after), after.general()));
    }
    for (int i = 0; i < before.similarities().size(); i++) {
      add(
          before.name() + ", similarity to " + before.goal().without().get(i),
          Message.of("%.3f", before.similarities().get(i)),
          Message.of("%.3f", after.similarities().get(i)));
    }
    for (int i = 0; i < before.named().size(); i++) {
      EvaluationResult.Row was = before.named().get(i);
      EvaluationResult.Row is = after.named().get(i);
      String how = before.goal().forgets() ? ", recognised" : " by its own name";
      add(was.phrase() + how, share(was.recognised(), was), share(is.recognised(), is));
    }
  }

  /** What stands in the place of what is forgotten, and how near it is to a known thing. */
  private void addReplacement(GoalResult before, GoalResult after, ImageClassifier judge) {
    add(
        before.name() + ", taken for",
        before.general().most(JudgedEdit.LABELS),
        after.general().most(JudgedEdit.LABELS));
    Optional<Coherence> was = Coherence.of(judge, before.general().images(), before.name());
    Optional<Coherence> is = Coherence.of(judge, after.general().images(), before.name());
    if (was.isPresent() && is.isPresent()) {
      add(
          before.name() + ", distance to nearest thing",
          Message.of("%.3f", was.get().distance()),
          Message.of("%.3f (%.2f ×)", is.get().distance(), is.get().relativeTo(was.get())));
      if (!Double.isNaN(is.get().margin())) {
        add(
            before.name() + ", nearest thing over it",
            Message.of("%.3f", was.get().margin()),
            Message.of("%.3f", is.get().margin()));
      }
    }
  }

  private static int unnamed(GoalResult result, Set<String> shown) {
    return (int) result.general().seen().stream().filter(phrase -> !shown.contains(phrase)).count();
  }

  private void add(String what, String before, String after) {
    rows.add(new Line(what, before, after));
  }

  private static String share(int part, EvaluationResult.Row of) {
    String percent = percent((double) part / of.seen().size());
    return of.of(part) + " (" + percent + ") " + of.interval(part);
  }

  private static String percent(double share) {
    return Message.of("%.0f %%", 100 * share);
  }

  /** For a terminal: columns of equal width. */
  List<String> lines() {
    int what = width(Line::what);
    int before = width(Line::before);
    int after = width(Line::after);
    String format = "%-" + what + "s  %" + before + "s  %" + after + "s";
    return Stream.concat(Stream.of(HEAD), rows.stream())
        .map(row -> String.format(Locale.ROOT, format, row.what(), row.before(), row.after()))
        .toList();
  }

  private int width(Function<Line, String> column) {
    return Stream.concat(Stream.of(HEAD), rows.stream())
        .mapToInt(row -> Math.max(1, column.apply(row).length()))
        .max()
        .orElseThrow();
  }

  String markdown() {
    StringBuilder text = new StringBuilder("| | before | after |\n|---|---|---|\n");
    for (Line row : rows) {
      text.append("| ").append(row.what()).append(" | ").append(row.before());
      text.append(" | ").append(row.after()).append(" |\n");
    }
    return text.toString();
  }
}
