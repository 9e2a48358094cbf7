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
        SolverSettings.preserve("general text is, or the general words that are asked for"),
        SolverSettings.generalWords(0),
        SolverSettings.tokenSelection(TokenSelection.PADDING),
        SolverSettings.padding(),
        SolverSettings.template(),
        SolverSettings.projections(TextProjections.KV),
        SettingSpec.number(
            "alpha",
            5,
            1e-6,
            1e9,
            "How steeply weak directions are taken along; the paper has 2 for things and styles, 5"
                + " for broad concepts."),
        SettingSpec.number(
            "retain-alpha",
            1,
            1e-6,
            1e9,
            "The same of what is kept; the paper has one alpha for both."));
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    List<PreservedConcept> preserved =
        job.options().preserved().isPresent() || job.options().integer("general-words") > 0
            ? job.preservedOrGeneral()
            : List.of();
    List<Matrix> each = new ArrayList<>();
    for (Concept concept : job.concepts()) {
      each.add(job.rows(concept.kind()).of(job.subject(concept)));
    }
    Matrix retained = preserved.isEmpty() ? job.generalColumns(1) : job.columns(preserved);
    InputUpdate edit =
        asStored(
            new CureSolver(job.options().number("alpha"), job.options().number("retain-alpha"))
                .solve(Matrix.joinColumns(each), retained));
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
