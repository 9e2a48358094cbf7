package dev.forgetmenot.plugin.erasers;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.DoubleProjectionSolver;
import dev.forgetmenot.kit.solve.PhraseList;
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
import dev.forgetmenot.patching.linear.Subspace;
import dev.forgetmenot.patching.solve.Erasure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * DP (arXiv 2604.10032): the concept becomes its nearest mixture of safe phrases, by a change that
 * the phrases to keep do not see.
 */
@Extension(ordinal = 14)
public final class DoubleProjectionEraser extends SolverEditor {
  /** For the plugin manager. */
  public DoubleProjectionEraser() {
    super(
        Operation.FORGET,
        "dp",
        "Double projection: the concept becomes a mixture of safe phrases; kept ones stay.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SolverSettings.preserve("general words, or other styles, are"),
        SolverSettings.generalWords(),
        SettingSpec.list(
                "guide",
                "A phrase that the concept may become a mixture of, the paper's safe phrase;"
                    + " without it those that are kept.")
            .formerly("safe")
            .formerlySplitAt("|"),
        SolverSettings.tokenSelection(TokenSelection.LAST),
        SolverSettings.padding(),
        SolverSettings.template(),
        SolverSettings.projections(TextProjections.KV),
        SettingSpec.number(
            "cut",
            0.01,
            0,
            0.999,
            "Directions of the kept and of the safe phrases weaker than this share of their"
                + " strongest do not count."));
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    List<PreservedConcept> preserved = job.preservedOrGeneral();
    List<PreservedConcept> safe = safe(job, preserved);
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
    InputUpdate edit =
        asStored(
            new DoubleProjectionSolver(cut)
                .solve(Matrix.joinColumns(each), safeColumns, job.columns(preserved)));
    SolveReport.Writer report = new SolveReport.Writer();
    Subspace mixtures = Subspace.of(safeColumns, cut);
    for (int i = 0; i < each.size(); i++) {
      Erasure erasure =
          new Erasure(job.concepts().get(i).name(), each.get(i), mixtures.onto(each.get(i)), 1);
      report.residual(erasure.label(), "a mixture of safe phrases", erasure.residual(edit));
    }
    new SideEffects(job, preserved).write(List.of(edit), report);
    return new SolveResult(projector(job, edit), report.condition(edit.condition()).done());
  }

  private static List<PreservedConcept> safe(SolveInput job, List<PreservedConcept> preserved)
      throws IOException {
    if (job.options().values().find("guide").isEmpty()) {
      return preserved;
    }
    List<PreservedConcept> safe = new ArrayList<>();
    for (String phrase : PhraseList.of("guide", job.options().values())) {
      PreservedConcept kept = job.kept(phrase);
      if (job.isConcept(kept.subject())) {
        throw new IllegalArgumentException(
            "the safe phrase '" + phrase + "' is the concept itself; name others");
      }
      safe.add(kept);
    }
    return safe;
  }
}
