package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Tries the erasers that take a second: the best forgets the concept and keeps the recognition of
 * others.
 */
@Extension(ordinal = -1) // before all others: what happens when no method is named
public final class AutoEraser extends AutoEditor {
  /** A sixteenth of a concept's images may still be recognised as it. */
  private static final double LEFT = 1.0 / 16;

  /** Gentle ones first: the first that leaves nothing to wish for ends the search. */
  private static final List<Candidate> CANDIDATES =
      List.of(
          oblique(2, 14), new Candidate(new UceEraser(), Map.of()), oblique(3, 6), oblique(4, 0));

  /** For the plugin manager. */
  public AutoEraser() {
    super(
        Operation.FORGET,
        "Tries several quick methods on this model and uses the one that does best.");
  }

  private static Candidate oblique(int rank, int neighbours) {
    return new Candidate(
        new ObliqueEraser(),
        Map.of("rank", Integer.toString(rank), "neighbours", Integer.toString(neighbours)));
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.integer(
                "eval-images", 8, 1, 256, "Images of each concept by which a method is judged.")
            .formerly("trial-pictures"),
        SettingSpec.integer(
                "eval-others", 30, 0, 1000, "Other known concepts by which it is judged.")
            .formerly("trial-others"),
        SettingSpec.integer("eval-steps", 20, 1, 1000, "Sampler steps of these images.")
            .formerly("trial-steps"),
        SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images."));
  }

  @Override
  protected Search search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
    return new Search(
        CANDIDATES, Evaluation.ofForgetting(concepts, context.knownConcepts(), size(values)));
  }

  /** Nothing is left to improve: one image more or less is chance. */
  @Override
  protected boolean settles(MeasuredCandidate candidate) {
    return candidate.after().left() == 0
        && candidate.before().kept() - candidate.after().kept() <= 1;
  }

  /** Those that forget come first, then what keeps most, then what moves least. */
  @Override
  protected Comparator<MeasuredCandidate> best() {
    return Comparator.comparingDouble(
            (MeasuredCandidate m) -> Math.max(LEFT, m.after().worstLeft()))
        .thenComparingDouble(
            m -> Math.max(0, m.before().retainAccuracy() - m.after().retainAccuracy()))
        .thenComparingDouble(MeasuredCandidate::drift);
  }

  private static Evaluation.Size size(Settings values) {
    return new Evaluation.Size(
        Math.toIntExact(values.integer("eval-images")),
        Math.toIntExact(values.integer("eval-others")),
        1,
        values.integer("seed"),
        Math.toIntExact(values.integer("eval-steps")));
  }
}
