package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.UceProblem;
import dev.forgetmenot.patching.solve.UceSolver;
import java.io.IOException;
import java.util.List;
import org.pf4j.Extension;

/**
 * UCE (Gandikota et al., "Unified Concept Editing in Diffusion Models", arXiv 2308.14761): the
 * concept's columns become their guides', all concepts in one solve.
 */
@Extension(ordinal = 10)
public final class UceEraser extends SolverEditor {
  /** For the plugin manager. */
  public UceEraser() {
    super(
        Operation.FORGET,
        "uce",
        "Closed form (UCE): keys and values of the concept's words become those of a guide's.");
  }

  @Override
  public List<String> formerNames() {
    return List.of("closed-form");
  }

  @Override
  public List<SettingSpec> parameters() {
    return UceProblem.settings(List.of());
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    UceProblem problem = UceProblem.of(job);
    UceSolver.Solution solution =
        UceSolver.solve(problem.erased(), problem.kept(), job.options().number("lambda"));
    return problem.result(job, solution, new SolveReport.Writer());
  }
}
