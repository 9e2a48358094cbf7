package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.UceSolver;
import java.io.IOException;
import java.util.List;

/**
 * RECE (arXiv 2407.12383): the closed form, then rounds of erasing what still gives the concept's
 * keys and values back.
 */
public abstract class ReceEditor extends SolverEditor {
  /** The editor {@code rece}. */
  protected ReceEditor() {
    super(
        Operation.FORGET,
        "rece",
        "RECE: the closed form, and rounds against the text embeddings that undo it.");
  }

  @Override
  public final List<SettingSpec> parameters() {
    return UceProblem.settings(
        List.of(
            SettingSpec.integer(
                "rounds", 1, 1, 50, "How often what undoes the edit is erased too."),
            SettingSpec.number(
                "adversarial-lambda",
                0.1,
                1e-9,
                1e9,
                "How short the text embedding that undoes the edit is held.")));
  }

  @Override
  protected final SolveResult solve(SolveInput job) throws IOException {
    UceProblem problem = UceProblem.of(job);
    List<String> names = job.targets();
    Iterable<Matrix> weights = () -> names.stream().map(job::weight).iterator();
    ReceSolver rece =
        new ReceSolver(
            ReceSolver.gram(weights),
            job.options().number("adversarial-lambda"),
            job.options().integer("rounds"));
    double lambda = job.options().number("lambda");
    UceSolver.Solution exact = rece.solve(problem.erased(), problem.kept(), lambda);
    List<Erasure> stored =
        exact.erased().stream()
            .map(
                erasure ->
                    new Erasure(
                        erasure.label(),
                        erasure.targets().roundedToFloat(),
                        erasure.guides(),
                        erasure.scale()))
            .toList();
    UceSolver.Solution solution = UceSolver.solve(stored, problem.kept(), lambda);
    SolveReport.Writer report = new SolveReport.Writer();
    for (int i = 0; i < problem.erased().size(); i++) {
      Erasure first = problem.erased().get(i);
      report.residual(
          first.label(),
          "'" + problem.guides().get(i) + "' alone",
          first.residual(solution.edit()));
    }
    return problem.result(job, solution, report);
  }
}
