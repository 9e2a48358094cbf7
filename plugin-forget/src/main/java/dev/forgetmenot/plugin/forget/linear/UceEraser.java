package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SideEffects;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.patching.stack.JointSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * UCE (Gandikota et al., "Unified Concept Editing in Diffusion Models", arXiv 2308.14761): the
 * concept's columns become their guides', all concepts in one solve.
 */
@Extension(ordinal = 10)
public final class UceEraser extends SolverEditor {
  /** For the plugin manager. */
  public UceEraser() {
    super(Operation.FORGET);
  }

  @Override
  public String name() {
    return "uce";
  }

  @Override
  public List<String> formerNames() {
    return List.of("closed-form");
  }

  @Override
  public String summary() {
    return "Closed form (UCE): keys and values of the concept's words become those of a guide's.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return parameters(List.of());
  }

  /** The parameters of this solve and more. */
  static List<SettingSpec> parameters(List<SettingSpec> more) {
    List<SettingSpec> all =
        new ArrayList<>(
            List.of(
                SolverSettings.guide(),
                SolverSettings.preserve("nothing is"),
                SolverSettings.columns(TokenSelection.LAST),
                SolverSettings.padding(),
                SolverSettings.templates(),
                SolverSettings.sides(TextProjections.KV),
                SettingSpec.number(
                    "lambda",
                    0.5,
                    1e-9,
                    1e9,
                    "How strongly the weights are held where they are; smaller erases more"
                        + " exactly."),
                SettingSpec.number("erase-scale", 1, 1e-9, 1e9, "Weight of the concepts."),
                SettingSpec.number("preserve-scale", 1, 0, 1e9, "Weight of the phrases to keep.")));
    all.addAll(more);
    return all;
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    List<PreservedConcept> preserved = job.preserved();
    Problem problem = Problem.of(job, preserved);
    UceSolver.Solution solution =
        UceSolver.solve(problem.erased, problem.kept, job.options().number("lambda"));
    return outcome(job, solution, preserved, new SolveReport.Writer());
  }

  /**
   * The concepts and kept columns of a job.
   *
   * @param kept none or one for all phrases
   */
  record Problem(List<Erasure> erased, List<PreservedEmbeddings> kept) {
    static Problem of(SolveInput job, List<PreservedConcept> preserved) {
      List<ConceptEmbeddings.Pairs> pairs = job.pairs(job.guides());
      List<Erasure> erased = new ArrayList<>();
      for (int i = 0; i < pairs.size(); i++) {
        erased.add(
            new Erasure(
                job.concepts().get(i).name(),
                pairs.get(i).targets(),
                pairs.get(i).guides(),
                job.options().number("erase-scale")));
      }
      Matrix columns = job.columns(preserved);
      List<PreservedEmbeddings> kept =
          preserved.isEmpty()
              ? List.of()
              : List.of(
                  new PreservedEmbeddings(
                      "preserved", columns, job.options().number("preserve-scale")));
      return new Problem(erased, kept);
    }
  }

  /** The edit: what the solve starts from, so that stacks can solve it jointly with others. */
  static SolveResult outcome(
      SolveInput job,
      UceSolver.Solution solution,
      List<PreservedConcept> preserved,
      SolveReport.Writer report) {
    Optional<Rows> kept =
        solution.kept().isEmpty()
            ? Optional.empty()
            : Optional.of(rows(solution.kept().get(0).columns()));
    List<ClosedFormEdit.Concept> concepts = new ArrayList<>();
    double[] residuals = solution.residuals();
    for (int i = 0; i < residuals.length; i++) {
      Erasure erasure = solution.erased().get(i);
      concepts.add(
          new ClosedFormEdit.Concept(
              erasure.label(),
              rows(erasure.targets()),
              rows(erasure.guides()),
              i == 0 ? kept : Optional.empty()));
      report.residual(erasure.label(), "'" + job.guides().get(i) + "'", residuals[i]);
    }
    new SideEffects(job, preserved).write(List.of(solution.edit()), report);
    double condition = solution.edit().condition();
    report.condition(condition);
    if (condition > JointSystem.LIMIT) {
      report.note(
          "above-condition-limit",
          "true",
          "that is above the limit of stacks: it is applied by --force-patches alone (FMN-604);"
              + " forget fewer concepts in one patch, or raise --lambda");
    }
    return new SolveResult(
        new ClosedFormEdit(
            concepts,
            job.options().number("lambda"),
            job.options().number("erase-scale"),
            job.options().number("preserve-scale"),
            job.options().sides(),
            job.options().sides().targets()),
        report.done());
  }
}
