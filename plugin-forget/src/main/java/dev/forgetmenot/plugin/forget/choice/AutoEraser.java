package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.evaluate.Candidate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Tries the erasers that take a second on the loaded model, looks at what each does to images of
 * the concept and of others, and takes the best. Where nobody can judge images, the first candidate
 * is taken, and that is said.
 */
@Extension(ordinal = -1) // before all others: what happens when no method is named
public final class AutoEraser implements ConceptEditor {
  /** Gentle ones first: the first that leaves nothing to wish for ends the search. */
  private static final List<Candidate> CANDIDATES =
      List.of(
          oblique(2, 14), new Candidate(new UceEraser(), Map.of()), oblique(3, 6), oblique(4, 0));

  /** For the plugin manager. */
  public AutoEraser() {}

  private static Candidate oblique(int rank, int neighbours) {
    return new Candidate(
        new ObliqueEraser(),
        Map.of("rank", Integer.toString(rank), "neighbours", Integer.toString(neighbours)));
  }

  @Override
  public String name() {
    return "auto";
  }

  @Override
  public Operation operation() {
    return Operation.FORGET;
  }

  @Override
  public String summary() {
    return "Tries several quick methods on this model and uses the one that does best.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.integer(
            "trial-pictures", 8, 1, 256, "Images of each concept by which a method is judged."),
        SettingSpec.integer(
            "trial-others", 30, 0, 1000, "Other things of the vocabulary by which it is judged."),
        SettingSpec.integer("trial-steps", 20, 1, 1000, "Sampler steps of these images."),
        SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images."));
  }

  @Override
  public PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Evaluation trial = Evaluation.of(concepts, context.vocabulary(), size(values));
    Optional<ImageClassifier> judge = context.judge().filter(trial::canBeJudgedBy);
    if (judge.isEmpty()) {
      Candidate first = CANDIDATES.get(0);
      context.say(
          "no CLIP classifier for this model, so methods were not compared: using "
              + first
              + ", the best on the models we measured (docs/forgetting.md)");
      return Candidate.chosen(
          first.editor().edit(concepts, first.values(), model, context), "unmeasured");
    }
    List<Measured> measured = measure(concepts, trial, judge.get(), model, context);
    Measured best = measured.stream().min(Measured.BEST).orElseThrow();
    context.say("chosen, by these images: " + best);
    return Candidate.chosen(
        best.draft(), String.join(" | ", measured.stream().map(Measured::toString).toList()));
  }

  private static List<Measured> measure(
      List<Concept> concepts,
      Evaluation trial,
      ImageClassifier judge,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    List<Measured> measured = new ArrayList<>();
    long total = CANDIDATES.size() + 1L;
    EvaluationResult before = trial.run(model, judge);
    context.progress("trying methods", 1, total);
    for (Candidate candidate : CANDIDATES) {
      context.checkCancelled();
      Optional<PatchDraft> draft =
          candidate.draft(concepts, model, context, JobContext.silent(context));
      if (draft.isPresent()) {
        EvaluationResult after =
            AppliedEdits.during(
                draft.get().edits(), model.weights(), () -> trial.run(model, judge));
        measured.add(new Measured(candidate, draft.get(), before, after));
        Measured last = measured.get(measured.size() - 1);
        context.say("tried " + last);
        if (last.settles()) {
          break;
        }
      }
      context.progress("trying methods", 1 + measured.size(), total);
    }
    context.progress("trying methods", total, total);
    if (measured.isEmpty()) {
      throw new IllegalArgumentException(
          "no quick method can do this; name one by --method, such as resteer");
    }
    return measured;
  }

  @Override
  public Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Candidate first = CANDIDATES.get(0);
    return first
        .editor()
        .estimate(concepts, first.values(), model, context)
        .map(solve -> withTrials(solve, first, concepts, values, model, context));
  }

  private static EditEstimate withTrials(
      EditEstimate solve,
      Candidate first,
      List<Concept> concepts,
      Settings values,
      DiffusionModel model,
      JobContext context) {
    List<String> lines = new ArrayList<>();
    lines.add("the first of " + CANDIDATES.size() + " methods that would be tried: " + first);
    lines.addAll(solve.lines());
    Evaluation trial = Evaluation.of(concepts, context.vocabulary(), size(values));
    if (context.judge().filter(trial::canBeJudgedBy).isEmpty()) {
      return new EditEstimate(solve.time(), solve.peakBytes(), lines);
    }
    long begin = System.nanoTime();
    Evaluation few = Evaluation.of(concepts, context.vocabulary(), size(values).of(1, 1));
    few.run(model, context.judge().orElseThrow());
    long drawing = (System.nanoTime() - begin) / few.images() * trial.images();
    return new EditEstimate(
        solve.time().plusNanos(drawing).multipliedBy(CANDIDATES.size() + 1L),
        solve.peakBytes(),
        lines);
  }

  private static Evaluation.Size size(Settings values) {
    return new Evaluation.Size(
        Math.toIntExact(values.integer("trial-pictures")),
        Math.toIntExact(values.integer("trial-others")),
        1,
        values.integer("seed"),
        Math.toIntExact(values.integer("trial-steps")));
  }
}
