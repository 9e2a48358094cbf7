package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.editing.PatchName;
import dev.forgetmenot.editing.PromptTemplate;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.editing.Tool;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.solving.EditReport;
import dev.forgetmenot.editing.solving.Outcome;
import dev.forgetmenot.editing.solving.SideEffects;
import dev.forgetmenot.editing.solving.SolvedEditor;
import dev.forgetmenot.editing.solving.SolvedJob;
import dev.forgetmenot.editing.solving.SolvingOptions;
import dev.forgetmenot.patch.Sides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An editor that corrects one word by a solve. */
abstract class SolvedCorrection extends SolvedEditor {
  @Override
  public final Operation operation() {
    return Operation.CORRECT;
  }

  /** Solves for the one word. */
  abstract Outcome solve(SolvedJob job, Concept word) throws IOException;

  /** The parameters of this solve and those of all that read a word. */
  static List<SettingSpec> parameters(int rank, List<SettingSpec> own) {
    List<SettingSpec> all = new ArrayList<>(own);
    all.addAll(GeneralReading.parameters(rank));
    all.addAll(
        List.of(
            SolvingOptions.columns(TextPlaces.PADDING),
            SolvingOptions.padding(),
            SolvingOptions.templates(),
            SolvingOptions.sides(Sides.KV)));
    return all;
  }

  @Override
  protected final Outcome solve(SolvedJob job) throws IOException {
    return solve(job, OneWord.of(job.concepts(), job.vocabulary()).concept());
  }

  @Override
  protected final List<PromptTemplate> templates(SolvingOptions options, ConceptType kind) {
    return options.templatesOrFour(kind);
  }

  @Override
  protected final String description(List<Concept> concepts) {
    return "Corrects " + PatchName.inWords(concepts) + " by the solved editor " + name() + ".";
  }

  @Override
  protected final Tool tool() {
    return CorrectTool.TOOL;
  }

  /** What is moved besides the word, and how far the solve can be undone. */
  static void sideEffects(GeneralReading reading, InputEdit edit, EditReport.Writer report) {
    new SideEffects(reading.job(), reading.preserved()).write(List.of(edit), report);
    String condition = EditReport.number(edit.condition());
    report.note("condition", condition, "cond(I + D) = " + condition);
  }
}
