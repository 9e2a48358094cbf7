package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.editing.ConceptRows;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.editing.linear.ClosedForm;
import dev.forgetmenot.editing.linear.Erasure;
import dev.forgetmenot.editing.linear.Kept;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.solving.EditReport;
import dev.forgetmenot.editing.solving.KeptPhrase;
import dev.forgetmenot.editing.solving.Outcome;
import dev.forgetmenot.editing.solving.SideEffects;
import dev.forgetmenot.editing.solving.SolvedJob;
import dev.forgetmenot.editing.solving.SolvingOptions;
import dev.forgetmenot.editing.stack.JointSystem;
import dev.forgetmenot.patch.ClosedFormEdit;
import dev.forgetmenot.patch.Rows;
import dev.forgetmenot.patch.Sides;
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
public final class ClosedFormEraser extends LinearEraser {
  /** For the plugin manager. */
  public ClosedFormEraser() {}

  @Override
  public String name() {
    return "closed-form";
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
                SolvingOptions.guide(),
                SolvingOptions.preserve("nothing is"),
                SolvingOptions.columns(TextPlaces.LAST),
                SolvingOptions.padding(),
                SolvingOptions.templates(),
                SolvingOptions.sides(Sides.KV),
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
  protected Outcome solve(SolvedJob job) throws IOException {
    List<KeptPhrase> preserved = job.preserved();
    Problem problem = Problem.of(job, preserved);
    ClosedForm.Solution solution =
        ClosedForm.solve(problem.erased, problem.kept, job.options().number("lambda"));
    return outcome(job, solution, preserved, new EditReport.Writer());
  }

  /**
   * The concepts and kept columns of a job.
   *
   * @param kept none or one for all phrases
   */
  record Problem(List<Erasure> erased, List<Kept> kept) {
    static Problem of(SolvedJob job, List<KeptPhrase> preserved) {
      List<ConceptRows.Pairs> pairs = job.pairs(job.guides());
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
      List<Kept> kept =
          preserved.isEmpty()
              ? List.of()
              : List.of(new Kept("preserved", columns, job.options().number("preserve-scale")));
      return new Problem(erased, kept);
    }
  }

  /** The edit: what the solve starts from, so that stacks can solve it jointly with others. */
  static Outcome outcome(
      SolvedJob job,
      ClosedForm.Solution solution,
      List<KeptPhrase> preserved,
      EditReport.Writer report) {
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
    return new Outcome(
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
