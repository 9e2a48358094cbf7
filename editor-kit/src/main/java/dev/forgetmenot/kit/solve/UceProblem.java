package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
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

/**
 * What {@link UceSolver} erases and keeps for an editor's job, and the edit that its solution
 * becomes.
 *
 * @param erased one for each concept, then one for each redirected general word
 * @param guides in words, one for each erased
 * @param kept none, or one for all preserved phrases or for general text
 * @param preserved the phrases of {@code kept}; none where it is general text
 */
public record UceProblem(
    List<Erasure> erased,
    List<String> guides,
    List<PreservedEmbeddings> kept,
    List<PreservedConcept> preserved) {

  private static final String GENERAL_ROWS = "general-text-rows";
  private static final String PRESERVE_EMPTY = "preserve-empty";

  /** The settings of this solve and more. */
  public static List<SettingSpec> settings(List<SettingSpec> more) {
    List<SettingSpec> all =
        new ArrayList<>(
            List.of(
                SolverSettings.guide(),
                Redirection.setting(),
                SolverSettings.preserve("general text is"),
                SettingSpec.number(
                        GENERAL_ROWS,
                        100,
                        0,
                        1e9,
                        "How many rows of general text are kept for each concept, where no phrases"
                            + " to keep are given; 0 for none.")
                    .formerly("general-text"),
                SettingSpec.flag(
                    PRESERVE_EMPTY, "Keep all rows of the empty prompt, beside what else is kept."),
                SolverSettings.tokenSelection(TokenSelection.PADDING),
                SolverSettings.padding(),
                SolverSettings.template(),
                SolverSettings.projections(TextProjections.KV),
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

  /**
   * The problem of a job whose settings are {@link #settings}.
   *
   * @throws IOException if a file of phrases cannot be read
   */
  public static UceProblem of(SolveInput job) throws IOException {
    List<PreservedConcept> preserved = job.preserved();
    List<String> guides = new ArrayList<>(job.guides());
    List<ConceptEmbeddings.Pairs> pairs = job.pairs(guides);
    double scale = job.options().number("erase-scale");
    List<Erasure> erased = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      erased.add(erasure(job.concepts().get(i).name(), pairs.get(i), scale));
    }
    for (Redirection redirection : Redirection.all(job)) {
      erased.add(erasure(redirection.general(), redirection.pairs(job), scale));
      guides.add(redirection.instead());
    }
    double rows = job.options().number(GENERAL_ROWS) * job.concepts().size();
    Matrix columns = preserved.isEmpty() ? job.generalColumns(rows) : job.columns(preserved);
    if (job.options().values().flag(PRESERVE_EMPTY)) {
      columns = columns.beside(job.encoder().encode("").rows().transposed());
    }
    List<PreservedEmbeddings> kept =
        columns.columns() == 0
            ? List.of()
            : List.of(
                new PreservedEmbeddings(
                    "preserved", columns, job.options().number("preserve-scale")));
    return new UceProblem(erased, guides, kept, preserved);
  }

  private static Erasure erasure(String label, ConceptEmbeddings.Pairs pairs, double scale) {
    return new Erasure(label, pairs.targets(), pairs.guides(), scale);
  }

  /**
   * The edit: what the solve starts from, so that stacks can solve it jointly with others.
   *
   * @param report what is reported before the residuals of the solution
   */
  public SolveResult result(
      SolveInput job, UceSolver.Solution solution, SolveReport.Writer report) {
    Optional<Rows> kept =
        solution.kept().stream().findFirst().map(rows -> SolverEditor.rows(rows.columns()));
    List<ErasedConcept> concepts = new ArrayList<>();
    double[] residuals = solution.residuals();
    for (int i = 0; i < residuals.length; i++) {
      Erasure erasure = solution.erased().get(i);
      concepts.add(
          new ErasedConcept(
              erasure.label(),
              SolverEditor.rows(erasure.targets()),
              SolverEditor.rows(erasure.guides()),
              i == 0 ? kept : Optional.empty()));
      report.residual(erasure.label(), "'" + guides.get(i) + "'", residuals[i]);
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
            job.options().projections(),
            job.options().projections().targets()),
        report.done());
  }
}
