package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.ReadableWeights;
import dev.forgetmenot.evaluation.measure.KeysAndValueWeights;
import dev.forgetmenot.evaluation.measure.TextSide;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * What patches do before any image is drawn: to what the cross attention reads of the prompt.
 * Milliseconds; it predicts, and is no verdict. With a patch of the text encoder the patched states
 * stand beside the patched projections and the original's beside the original's.
 */
@Extension(ordinal = 60)
public final class TextSideEvaluator implements Evaluator {
  private static final String OWN = "this project";
  private static final String CONDITION = "reciprocal condition";

  @Override
  public String name() {
    return "text-side";
  }

  @Override
  public String summary() {
    return "What the cross attention reads of prompts: residual, drift, conditioning, norm.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    return new Needs(List.of(), 0, List.of());
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    TextStates original = access.compute(ModelState.ORIGINAL, model -> TextStates.of(model, task));
    return access.compute(ModelState.PATCHED, model -> measured(task, access, model, original));
  }

  private static List<Measurement> measured(
      EvaluationTask task, EvaluationAccess access, DiffusionModel model, TextStates original) {
    TextStates patched = TextStates.of(model, task);
    ReadableWeights weights = model.weights();
    TextSide side =
        new TextSide(
            KeysAndValueWeights.matrices(model, weights::base),
            KeysAndValueWeights.matrices(model, weights::current));
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      found.add(residual(target, side, original, patched));
      List<String> nearest = original.nearest().get(target.name());
      if (!nearest.isEmpty()) {
        found.addAll(drift(target.name(), "nearest", nearest, side, original, patched));
      }
    }
    if (!original.others().isEmpty()) {
      List<String> all = List.copyOf(original.others().keySet());
      found.addAll(drift("", "vocabulary", all, side, original, patched));
    }
    condition(side, access).ifPresent(found::add);
    found.add(
        row("norm", "", "all weights", Good.NONE)
            .patched(norm(weights))
            .explained(
                "‖W' - W‖ / ‖W‖ over all weights that the patches change: how large the change is.",
                OWN)
            .build());
    return found;
  }

  private static Measurement.Builder row(String measure, String target, String part, Good good) {
    return Measurement.builder(measure, target).part(part).in(Unit.NUMBER, good);
  }

  private static Measurement residual(
      EvaluatedConcept target, TextSide side, TextStates original, TextStates patched) {
    Matrix concept = original.targets().get(target.name()).targets();
    Matrix guide = original.targets().get(target.name()).guides();
    double left = side.residual(concept, patched.targets().get(target.name()).targets(), guide);
    String towards = target.guide().map(one -> "'" + one + "'").orElse("nothing (no prompt)");
    return row("residual", target.name(), "keys and values", Good.LOW)
        .original(Reading.of(1))
        .patched(Reading.of(left))
        .explained(
            Message.of(
                "How much of the way from the concept to %s is left in keys and values,"
                    + " (Σ‖W'c' - Wg‖² / Σ‖Wc - Wg‖²)^½ over the concept's tokens and the end of"
                    + " text: 0 if the concept reads as that, 1 if nothing was done. A patch that"
                    + " goes elsewhere is far from 0 and may forget none the less.",
                towards),
            OWN)
        .build();
  }

  private static List<Measurement> drift(
      String target,
      String group,
      List<String> phrases,
      TextSide side,
      TextStates original,
      TextStates patched) {
    double[] drift = side.drift(columns(original, phrases), columns(patched, phrases));
    int worst = 0;
    for (int i = 0; i < drift.length; i++) {
      worst = drift[i] > drift[worst] ? i : worst;
    }
    double mean = Arrays.stream(drift).average().orElseThrow();
    String what =
        "How far keys and values of other concepts moved, (Σ‖W'q' - Wq‖² / Σ‖Wq‖²)^½ of the last"
            + " token of each: 0 if they did not.";
    return List.of(
        row("text drift", target, group, Good.LOW)
            .patched(Answers.reading(mean, drift.length))
            .explained(what + " The mean.", OWN)
            .build(),
        row("text drift", target, group + ", worst: " + phrases.get(worst), Good.LOW)
            .patched(Reading.of(drift[worst]))
            .explained(what + " The largest.", OWN)
            .build());
  }

  private static Matrix columns(TextStates states, List<String> phrases) {
    return Matrix.joinColumns(phrases.stream().map(states.others()::get).toList());
  }

  private static Optional<Measurement> condition(TextSide side, EvaluationAccess access) {
    Optional<Matrix> change = side.identityPlusChange();
    if (change.isEmpty()) {
      access.notTested(
          new NotTested(
              CONDITION,
              "",
              "keys and values",
              "The patches change each projection in its own way: there is no common I + D."));
      return Optional.empty();
    }
    return Optional.of(
        row(CONDITION, "", "keys and values", Good.NONE)
            .patched(Reading.of(1 / TextSide.conditioning(change.get())))
            .explained(
                "The smallest over the largest singular value of I + D, where W' = W(I + D) for all"
                    + " keys and values: 1 if nothing is lost, 0 for a projector. Below 1e-6 it is"
                    + " rounding. What is not 0 can be undone by a change of the text states.",
                OWN)
            .build());
  }

  /** Over the weights that differ from the base. */
  private static Reading norm(ReadableWeights weights) {
    double change = 0;
    double all = 0;
    int changed = 0;
    for (String name : weights.names()) {
      float[] now = weights.current(name);
      float[] base = weights.base(name);
      if (!Arrays.equals(now, base)) {
        changed++;
        for (int i = 0; i < now.length; i++) {
          double difference = (double) now[i] - base[i];
          change += difference * difference;
          all += (double) base[i] * base[i];
        }
      }
    }
    return Answers.reading(changed == 0 ? 0 : Math.sqrt(change / all), changed);
  }
}
