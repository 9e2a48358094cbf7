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
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.bench.Rung;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pf4j.Extension;

/**
 * Whether a target still comes for its prompts: UA on each rung of the ladder. The rungs are never
 * pooled. The floor of each is how often the patched model's images of other things are called the
 * target.
 */
@Extension(ordinal = 10)
public final class ForgettingEvaluator implements Evaluator {
  private static final String UA = "UA";

  @Override
  public String name() {
    return "forgetting";
  }

  @Override
  public String summary() {
    return "Whether the target still comes for its prompts: UA on each rung of the ladder.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    List<ImageSet> images = new ArrayList<>(sets.others().stream().toList());
    List<NotTested> empty = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      for (Rung rung : Rung.values()) {
        sets.rung(target, rung)
            .ifPresentOrElse(
                images::add,
                () ->
                    empty.add(
                        new NotTested(
                            UA,
                            target.name(),
                            rung.word(),
                            "The list has no prompts of this rung.")));
      }
    }
    return new Needs(images, 0, empty);
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    ImageSets sets = new ImageSets(task);
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      for (Rung rung : Rung.values()) {
        Optional<ImageSet> images = sets.rung(target, rung);
        if (images.isPresent()) {
          for (String judge : access.judges()) {
            context.checkCancelled();
            found.add(new Row(sets, access, target, judge).measure(rung, images.get()));
          }
        }
      }
    }
    return found;
  }

  /** The rows of one target by one judge. */
  private record Row(
      ImageSets sets, EvaluationAccess access, EvaluatedConcept target, String judge) {
    Measurement measure(Rung rung, ImageSet images) throws IOException {
      Count original = called(images, ModelState.ORIGINAL);
      Count patched = called(images, ModelState.PATCHED);
      Measurement.Builder row =
          Measurement.builder(UA, target.name())
              .part(rung.word())
              .judge(judge)
              .in(Unit.PERCENT, Good.HIGH)
              .original(Answers.reading(original.rest()))
              .patched(Answers.reading(patched.rest()))
              .explained(
                  Message.of(
                      "Unlearning accuracy: the share of %d images by the prompts of the rung %s"
                          + " that judge %s does not call %s. It is high for noise as well: read"
                          + " what the images became. The original's value is what the judge"
                          + " misses by itself. Interval: Wilson, 95 %%.",
                      images.shots().size(),
                      rung.word(),
                      judge,
                      String.join(" or ", target.labels())),
                  "UnlearnCanvas (Zhang et al. 2024); rungs after EMMA (2025)")
              .of(images);
      if (judge.equals(access.judges().get(0))) {
        question(original, patched).ifPresent(row::question);
      }
      return row.build();
    }

    /** Asked of the judge that scores best alone: two tests of one row would be two chances. */
    private Optional<Question> question(Count ceiling, Count found) throws IOException {
      Optional<ImageSet> others = sets.others();
      if (others.isEmpty()) {
        return Optional.empty();
      }
      Set<String> known =
          others.get().shots().stream()
              .map(ImageSet.Shot::label)
              .filter(label -> access.knows(judge, label))
              .collect(Collectors.toSet());
      Count floor =
          Answers.of(access, judge, others.get(), ModelState.PATCHED)
              .labelled(known)
              .ofStyle(target.kind() == ConceptType.STYLE)
              .called(target.labels());
      if (floor.n() == 0) {
        return Optional.empty();
      }
      Count accuracy = called(sets.name(target), ModelState.ORIGINAL);
      return Optional.of(
          new Question(
              Answers.reading(found),
              Answers.reading(ceiling),
              Answers.reading(floor),
              Answers.reading(accuracy),
              ExactTest.fisherGreater(found, floor)));
    }

    private Count called(ImageSet images, ModelState state) throws IOException {
      return Answers.of(access, judge, images, state).called(target.labels());
    }
  }
}
