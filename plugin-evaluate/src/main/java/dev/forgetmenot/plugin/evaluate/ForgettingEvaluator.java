package dev.forgetmenot.plugin.evaluate;

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
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/** Whether a target still comes for its prompts: UA of the rung {@code name}. */
@Extension(ordinal = 10)
public final class ForgettingEvaluator implements Evaluator {
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
    return new Needs(
        task.targets().stream().map(target -> nameRung(task, target)).toList(), 0, List.of());
  }

  private static ImageSet nameRung(EvaluationTask task, EvaluatedConcept target) {
    return new ImageSet(
        "name/" + target.name(),
        target.phrase() + ", rung name",
        ImageSet.shots(
            target.prompts().get("name"), task.seeds().target(), target.phrase(), target.kind()),
        false);
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      ImageSet images = nameRung(task, target);
      for (String judge : access.judges()) {
        found.add(
            Measurement.builder("UA", target.name())
                .part("name")
                .judge(judge)
                .in(Unit.PERCENT, Good.HIGH)
                .original(unlearned(access, judge, images, target, ModelState.ORIGINAL))
                .patched(unlearned(access, judge, images, target, ModelState.PATCHED))
                .explained(
                    "Unlearning accuracy: the share of the target's own images that the judge does"
                        + " not call the target. It is 1 for noise as well: read what they became.",
                    "UnlearnCanvas (Zhang et al. 2024)")
                .of(images)
                .build());
      }
    }
    return found;
  }

  private static Reading unlearned(
      EvaluationAccess access,
      String judge,
      ImageSet images,
      EvaluatedConcept target,
      ModelState state)
      throws IOException {
    var answers = access.answers(judge, images, state);
    int called = (int) answers.stream().filter(answer -> answer.is(target.labels())).count();
    Count count = new Count(called, answers.size()).rest();
    Interval interval = count.wilson();
    return new Reading(count.rate(), count.k(), count.n(), interval.low(), interval.high());
  }
}
