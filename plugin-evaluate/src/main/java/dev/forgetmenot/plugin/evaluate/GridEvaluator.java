package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.measure.GridAccuracy;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pf4j.Extension;

/**
 * UnlearnCanvas' retention over each thing in each style, without the images that involve a target:
 * IRA is of the kind that the target is of, CRA of the other.
 */
@Extension(ordinal = 50)
public final class GridEvaluator implements Evaluator {
  @Override
  public String name() {
    return "grid";
  }

  @Override
  public String summary() {
    return "IRA and CRA of UnlearnCanvas over each thing in each style; many images.";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    return task.grid()
        .map(grid -> new Needs(sets.grid(grid), 0, List.of()))
        .orElseGet(
            () ->
                new Needs(
                    List.of(), 0, List.of(new NotTested("IRA", "", "", "The list has no grid."))));
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    List<Measurement> found = new ArrayList<>();
    if (task.grid().isPresent()) {
      List<ImageSet> sets = new ImageSets(task).grid(task.grid().get());
      for (String judge : access.judges()) {
        CountedLabels counted = new CountedLabels(access, judge);
        sets.forEach(set -> counted.sayLeftOut("IRA and CRA", "", set.title(), set));
        var original = images(access, judge, sets, ModelState.ORIGINAL);
        var patched = images(access, judge, sets, ModelState.PATCHED);
        for (EvaluatedConcept target : task.targets()) {
          context.checkCancelled();
          GridAccuracy before = beside(target, withoutOthers(original, task, target));
          GridAccuracy after = beside(target, withoutOthers(patched, task, target));
          Rows rows = new Rows(target.name(), judge, sets);
          found.addAll(rows.of("IRA", before, after, GridAccuracy::inDomain));
          found.addAll(rows.of("CRA", before, after, GridAccuracy::crossDomain));
        }
      }
    }
    return found;
  }

  private static List<GridAccuracy.Image> images(
      EvaluationAccess access, String judge, List<ImageSet> sets, ModelState state)
      throws IOException {
    Answers things = Answers.of(access, judge, sets.get(0), state);
    Answers styles = Answers.of(access, judge, sets.get(1), state);
    List<GridAccuracy.Image> images = new ArrayList<>();
    CountedLabels counted = new CountedLabels(access, judge);
    for (int i = 0; i < things.size(); i++) {
      String thing = things.set().shots().get(i).label();
      String style = styles.set().shots().get(i).label();
      if (counted.counts(thing) && counted.counts(style)) {
        images.add(new GridAccuracy.Image(thing, style, things.right(i), styles.right(i)));
      }
    }
    return images;
  }

  /** Without the images of other targets, and of all but one member of a broad one. */
  private static List<GridAccuracy.Image> withoutOthers(
      List<GridAccuracy.Image> images, EvaluationTask task, EvaluatedConcept target) {
    List<String> involved =
        task.targets().stream()
            .flatMap(one -> one.labels().stream())
            .filter(label -> !label.equals(target.labels().get(0)))
            .toList();
    return images.stream()
        .filter(image -> !involved.contains(image.thing()) && !involved.contains(image.style()))
        .toList();
  }

  private static GridAccuracy beside(EvaluatedConcept target, List<GridAccuracy.Image> images) {
    String label = target.labels().get(0);
    return target.kind() == ConceptType.STYLE
        ? GridAccuracy.besideStyle(images, label)
        : GridAccuracy.besideThing(images, label);
  }

  /** The rows of one target by one judge. */
  private record Rows(String target, String judge, List<ImageSet> sets) {
    List<Measurement> of(
        String measure,
        GridAccuracy before,
        GridAccuracy after,
        Function<GridAccuracy, Count> domain) {
      Count original = domain.apply(before);
      Count patched = domain.apply(after);
      String what =
          measure.equals("IRA")
              ? "In-domain retain accuracy: of the kind that the target is of (styles beside a"
                  + " style, things beside a thing)"
              : "Cross-domain retain accuracy: of the other kind (things beside a style, styles"
                  + " beside a thing)";
      return List.of(
          row(measure, Good.HIGH)
              .original(Answers.reading(original))
              .patched(Answers.reading(patched))
              .explained(
                  what
                      + ", over the grid without images that involve a target. Their judge was"
                      + " tuned on their set, so levels do not compare. Interval: Wilson, 95 %.",
                  "UnlearnCanvas (Zhang et al. 2024)")
              .build(),
          row(measure + " ratio", Good.UNCHANGED)
              .patched(Reading.of(patched.rate() / original.rate()))
              .explained(
                  what + ", relative to the original's: 100 % if nothing was lost.", "this project")
              .build());
    }

    private Measurement.Builder row(String measure, Good good) {
      return Measurement.builder(measure, target)
          .judge(judge)
          .in(Unit.PERCENT, good)
          .of(sets.toArray(ImageSet[]::new));
    }
  }
}
