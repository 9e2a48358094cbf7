package dev.forgetmenot.plugin.erasers;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.CureSolver;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SideEffects;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * CURE (arXiv 2505.12677): takes the directions of the concept's rows away by their share, but for
 * what the kept phrases have of them.
 */
@Extension(ordinal = 13)
public final class CureEraser extends SolverEditor {
  /** For the plugin manager. */
  public CureEraser() {
    super(
        Operation.FORGET,
        "cure",
        "CURE: takes away the concept's directions, but for what kept phrases have of them.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SolverSettings.preserve("general words, or other styles, are"),
        SolverSettings.generalWords(),
        SolverSettings.tokenSelection(TokenSelection.PADDING),
        SolverSettings.padding(),
        SolverSettings.template(),
        SolverSettings.projections(TextProjections.KV),
        SettingSpec.number(
            "alpha",
            2,
            1e-6,
            1e9,
            "How steeply weak directions are taken along: 2 for things and styles, 5 for broad"
                + " concepts."));
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    List<PreservedConcept> preserved = job.preservedOrGeneral();
    List<Matrix> each = new ArrayList<>();
    for (Concept concept : job.concepts()) {
      each.add(job.rows(concept.kind()).of(job.subject(concept)));
    }
    InputUpdate edit =
        asStored(
            new CureSolver(job.options().number("alpha"))
                .solve(Matrix.joinColumns(each), job.columns(preserved)));
    SolveReport.Writer report = new SolveReport.Writer();
    for (int i = 0; i < each.size(); i++) {
      report.residual(
          job.concepts().get(i).name(),
          "nothing",
          edit.of(each.get(i)).norm() / each.get(i).norm());
    }
    new SideEffects(job, preserved).write(List.of(edit), report);
    return new SolveResult(projector(job, edit), report.condition(edit.condition()).done());
  }
}
