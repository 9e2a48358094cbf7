package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.editing.linear.DoubleProjection;
import dev.forgetmenot.editing.linear.Erasure;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.Span;
import dev.forgetmenot.editing.solving.EditReport;
import dev.forgetmenot.editing.solving.KeptPhrase;
import dev.forgetmenot.editing.solving.Outcome;
import dev.forgetmenot.editing.solving.PhraseList;
import dev.forgetmenot.editing.solving.SideEffects;
import dev.forgetmenot.editing.solving.SolvedJob;
import dev.forgetmenot.editing.solving.SolvingOptions;
import dev.forgetmenot.patch.Sides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * DP (arXiv 2604.10032): the concept becomes its nearest mixture of safe phrases, by a change that
 * the phrases to keep do not see.
 */
@Extension(ordinal = 14)
public final class DoubleProjectionEraser extends LinearEraser {
  /** For the plugin manager. */
  public DoubleProjectionEraser() {}

  @Override
  public String name() {
    return "dp";
  }

  @Override
  public String summary() {
    return "Double projection: the concept becomes a mixture of safe phrases; kept ones stay.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SolvingOptions.preserve("general words, or other styles, are"),
        SolvingOptions.generalWords(),
        SettingSpec.text(
            "safe",
            SettingSpec.Type.TEXT,
            null,
            "Phrases that the concept may become a mixture of, separated by |, or a .txt file;"
                + " without it those that are kept."),
        SolvingOptions.columns(TextPlaces.LAST),
        SolvingOptions.padding(),
        SolvingOptions.templates(),
        SolvingOptions.sides(Sides.KV),
        SettingSpec.number(
            "cut",
            0.01,
            0,
            0.999,
            "Directions of the kept and of the safe phrases weaker than this share of their"
                + " strongest do not count."));
  }

  @Override
  protected Outcome solve(SolvedJob job) throws IOException {
    List<KeptPhrase> preserved = job.preservedOrGeneral();
    List<KeptPhrase> safe = safe(job, preserved);
    if (safe.isEmpty()) {
      throw new IllegalArgumentException(
          name() + " needs phrases to keep, and this model names none; give some with preserve");
    }
    List<Matrix> each = new ArrayList<>();
    for (Concept concept : job.concepts()) {
      each.add(job.rows(concept.kind()).of(job.subject(concept)));
    }
    double cut = job.options().number("cut");
    Matrix safeColumns = job.columns(safe);
    InputEdit edit =
        asStored(
            new DoubleProjection(cut)
                .solve(Matrix.joinColumns(each), safeColumns, job.columns(preserved)));
    EditReport.Writer report = new EditReport.Writer();
    Span mixtures = Span.of(safeColumns, cut);
    for (int i = 0; i < each.size(); i++) {
      Erasure erasure =
          new Erasure(job.concepts().get(i).name(), each.get(i), mixtures.onto(each.get(i)), 1);
      report.residual(erasure.label(), "a mixture of safe phrases", erasure.residual(edit));
    }
    new SideEffects(job, preserved).write(List.of(edit), report);
    return new Outcome(projector(job, edit), report.condition(edit.condition()).done());
  }

  private static List<KeptPhrase> safe(SolvedJob job, List<KeptPhrase> preserved)
      throws IOException {
    var given = job.options().values().find("safe");
    if (given.isEmpty()) {
      return preserved;
    }
    List<KeptPhrase> safe = new ArrayList<>();
    for (String phrase : PhraseList.read("safe", given.get())) {
      KeptPhrase kept = job.kept(phrase);
      if (job.isConcept(kept.subject())) {
        throw new IllegalArgumentException(
            "the safe phrase '" + phrase + "' is the concept itself; name others");
      }
      safe.add(kept);
    }
    return safe;
  }
}
