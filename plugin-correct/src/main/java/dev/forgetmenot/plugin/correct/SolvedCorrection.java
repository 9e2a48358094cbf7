package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.SideEffects;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An editor that corrects one word by a solve. */
abstract class SolvedCorrection extends SolverEditor {
  SolvedCorrection(String name, String summary) {
    super(Operation.CORRECT, name, summary);
  }

  /** Solves for the one word. */
  abstract SolveResult solve(SolveInput job, Concept word) throws IOException;

  /** The parameters of this solve and those of all that read a word. */
  static List<SettingSpec> parameters(int rank, List<SettingSpec> own) {
    List<SettingSpec> all = new ArrayList<>(own);
    all.addAll(ConceptShift.parameters(rank));
    all.addAll(
        List.of(
            SolverSettings.tokenSelection(TokenSelection.PADDING),
            SolverSettings.padding(),
            SolverSettings.template(),
            SolverSettings.projections(TextProjections.KV)));
    return all;
  }

  @Override
  protected final SolveResult solve(SolveInput job) throws IOException {
    return solve(job, SingleConcept.of(job.concepts(), job.vocabulary()).concept());
  }

  @Override
  protected final List<PromptTemplate> templates(SolverSettings options, ConceptType kind) {
    return options.templatesOrFour(kind);
  }

  /** What is moved besides the word, and how far the solve can be undone. */
  static void sideEffects(ConceptShift reading, InputUpdate edit, SolveReport.Writer report) {
    new SideEffects(reading.job(), reading.preserved()).write(List.of(edit), report);
    String condition = SolveReport.number(edit.condition());
    report.note("condition", condition, "cond(I + D) = " + condition);
  }
}
