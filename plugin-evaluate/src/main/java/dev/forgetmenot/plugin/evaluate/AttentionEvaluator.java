package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.EvenSpread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * How much of the attention to the prompt goes to the concept: while the original draws the target,
 * both models look at the same noisy latents at each step.
 */
@Extension(ordinal = 70)
public final class AttentionEvaluator implements Evaluator {
  private static final String MASS = "attention mass";
  private static final int IMAGES = 4;

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public String summary() {
    return "How much of the attention to the prompt goes to the concept's words.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    long images = 0;
    for (EvaluatedConcept target : task.targets()) {
      images += shots(task, target).size();
    }
    long steps = task.settings().steps();
    return new Needs(List.of(), images * steps * 4, List.of()); // drawn with guidance, seen twice
  }

  static List<Shot> shots(EvaluationTask task, EvaluatedConcept target) {
    List<Shot> all = new ImageSets(task).name(target).shots();
    return EvenSpread.of(IMAGES, all);
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      List<Shot> shots = shots(task, target);
      try {
        List<AttentionMass.Seen> seen =
            access.compute(
                ModelState.ORIGINAL,
                model -> AttentionMass.drawn(model, task.settings(), shots, context));
        double original =
            access.compute(ModelState.ORIGINAL, model -> mass(model, seen, target, context));
        double patched =
            access.compute(ModelState.PATCHED, model -> mass(model, seen, target, context));
        found.add(row(target, original, patched, shots.size()));
      } catch (IllegalArgumentException e) { // its words do not stand in the prompt as tokens
        access.notTested(new NotTested(MASS, target.name(), "name", e.getMessage() + "."));
      }
    }
    return found;
  }

  private static double mass(
      DiffusionModel model,
      List<AttentionMass.Seen> seen,
      EvaluatedConcept target,
      JobContext context) {
    return new AttentionMass(model, target.labels()).of(seen, context);
  }

  private static Measurement row(
      EvaluatedConcept target, double original, double patched, int images) {
    return Measurement.builder(MASS, target.name())
        .part("name")
        .in(Unit.PERCENT, Good.NONE)
        .original(Answers.reading(original, images))
        .patched(Answers.reading(patched, images))
        .explained(
            "The share of the cross attention's probability on the tokens of the concept, mean over"
                + " layers, heads, pixels and steps, on the same noisy latents for both models. It"
                + " says nothing where values changed; what leaves these tokens goes to others.",
            "this project; the loss of Forget-Me-Not (Zhang et al. 2023) lowers it")
        .build();
  }
}
