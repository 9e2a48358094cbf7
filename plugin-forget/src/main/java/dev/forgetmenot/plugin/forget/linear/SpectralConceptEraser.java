package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.SpectralEraser;
import dev.forgetmenot.editing.solving.EditReport;
import dev.forgetmenot.editing.solving.KeptPhrase;
import dev.forgetmenot.editing.solving.Outcome;
import dev.forgetmenot.editing.solving.SideEffects;
import dev.forgetmenot.editing.solving.SolvedJob;
import dev.forgetmenot.editing.solving.SolvingOptions;
import dev.forgetmenot.patch.Sides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * CURE (arXiv 2505.12677): takes the directions of the concept's rows away by their share, but for
 * what the kept phrases have of them.
 */
@Extension(ordinal = 13)
public final class SpectralConceptEraser extends LinearEraser {
  /** For the plugin manager. */
  public SpectralConceptEraser() {}

  @Override
  public String name() {
    return "cure";
  }

  @Override
  public String summary() {
    return "CURE: takes away the concept's directions, but for what kept phrases have of them.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SolvingOptions.preserve("general words, or other styles, are"),
        SolvingOptions.generalWords(),
        SolvingOptions.columns(TextPlaces.PADDING),
        SolvingOptions.padding(),
        SolvingOptions.templates(),
        SolvingOptions.sides(Sides.KV),
        SettingSpec.number(
            "alpha",
            2,
            1e-6,
            1e9,
            "How steeply weak directions are taken along: 2 for things and styles, 5 for broad"
                + " concepts."));
  }

  @Override
  protected Outcome solve(SolvedJob job) throws IOException {
    List<KeptPhrase> preserved = job.preservedOrGeneral();
    List<Matrix> each = new ArrayList<>();
    for (Concept concept : job.concepts()) {
      each.add(job.rows(concept.kind()).of(job.subject(concept)));
    }
    InputEdit edit =
        asStored(
            new SpectralEraser(job.options().number("alpha"))
                .solve(Matrix.joinColumns(each), job.columns(preserved)));
    EditReport.Writer report = new EditReport.Writer();
    for (int i = 0; i < each.size(); i++) {
      report.residual(
          job.concepts().get(i).name(),
          "nothing",
          edit.of(each.get(i)).norm() / each.get(i).norm());
    }
    new SideEffects(job, preserved).write(List.of(edit), report);
    return new Outcome(projector(job, edit), report.condition(edit.condition()).done());
  }
}
