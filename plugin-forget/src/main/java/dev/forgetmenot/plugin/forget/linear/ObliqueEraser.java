package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.editing.ConceptRows;
import dev.forgetmenot.editing.GeneralText;
import dev.forgetmenot.editing.PromptTemplate;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.editing.linear.Erasure;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.ObliqueProjector;
import dev.forgetmenot.editing.linear.Span;
import dev.forgetmenot.editing.solving.EditReport;
import dev.forgetmenot.editing.solving.KeptPhrase;
import dev.forgetmenot.editing.solving.Outcome;
import dev.forgetmenot.editing.solving.PhraseList;
import dev.forgetmenot.editing.solving.SideEffects;
import dev.forgetmenot.editing.solving.SolvedJob;
import dev.forgetmenot.editing.solving.SolvingOptions;
import dev.forgetmenot.patch.Sides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/**
 * The oblique projector with hard invariants: the concept's main differences to an anchor are
 * projected away along directions that leave kept phrases exactly and general text nearly. No text
 * embedding can bring them back.
 */
@Extension(ordinal = 15)
public final class ObliqueEraser extends LinearEraser {
  /** For the plugin manager. */
  public ObliqueEraser() {}

  @Override
  public String name() {
    return "oblique";
  }

  @Override
  public String summary() {
    return "Oblique projector: the concept becomes its anchor, kept phrases stay exactly.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.text(
            "anchor",
            SettingSpec.Type.TEXT,
            null,
            "What concepts become: one for each, separated by |, or one for all. It must not be"
                + " drawn as the concept. Without it nothing: the empty prompt."),
        SolvingOptions.preserve("the nearest of the vocabulary, the anchors and general words are"),
        SolvingOptions.neighbours(14),
        SolvingOptions.generalWords(),
        SettingSpec.integer(
            "rank",
            2,
            1,
            64,
            "Directions taken away for each concept; more erase more and cost more."),
        SettingSpec.integer(
            "kept-directions", 2, 1, 64, "Directions of each kept phrase that must not move."),
        SettingSpec.integer(
            "empty-directions", 4, 0, 64, "Directions of the empty prompt that must not move."),
        SettingSpec.number(
            "ridge", 1e-3, 1e-9, 1e3, "Regularises what general text looks like, by its mean."),
        SolvingOptions.columns(TextPlaces.PADDING),
        SolvingOptions.padding(),
        SolvingOptions.templates(),
        SolvingOptions.sides(Sides.KV));
  }

  @Override
  protected List<PromptTemplate> templates(SolvingOptions options, ConceptType kind) {
    return options.templatesOrFour(kind);
  }

  @Override
  protected Outcome solve(SolvedJob job) throws IOException {
    List<String> anchors = anchors(job);
    List<ConceptRows.Pairs> pairs = job.pairs(anchors);
    List<Matrix> differences = new ArrayList<>();
    for (ConceptRows.Pairs pair : pairs) {
      Matrix all = pair.targets().minus(pair.guides());
      differences.add(Span.ofFirst(all, job.options().integer("rank")).basis());
    }
    List<KeptPhrase> preserved = kept(job, anchors);
    List<Matrix> kept = new ArrayList<>();
    kept.add(GeneralText.invariants(job.encoder(), job.options().integer("empty-directions")));
    for (KeptPhrase phrase : preserved) {
      Matrix columns = job.columns(phrase);
      kept.add(Span.ofFirst(columns, job.options().integer("kept-directions")).basis());
    }
    ObliqueProjector projector =
        ObliqueProjector.of(job.generalText(List.of()).rows(), job.options().number("ridge"));
    InputEdit edit = projector.solve(Matrix.joinColumns(differences), Matrix.joinColumns(kept));
    return new Outcome(projector(job, edit), report(job, anchors, pairs, edit, preserved));
  }

  private static List<String> anchors(SolvedJob job) {
    return job.options()
        .values()
        .find("anchor")
        .map(given -> PhraseList.forEach("anchor", given, job.concepts().size()))
        .orElseGet(() -> Collections.nCopies(job.concepts().size(), ""));
  }

  /** The given phrases, or the nearest, the anchors and general words. */
  private static List<KeptPhrase> kept(SolvedJob job, List<String> anchors) throws IOException {
    if (job.options().preserved().isPresent()) {
      return job.preserved();
    }
    Set<KeptPhrase> kept = new LinkedHashSet<>(job.preserved());
    anchors.stream().filter(anchor -> !anchor.isEmpty()).map(job::kept).forEach(kept::add);
    if (job.concepts().get(0).kind() != ConceptType.STYLE) {
      kept.addAll(job.generalWords());
    }
    return List.copyOf(kept);
  }

  private static EditReport report(
      SolvedJob job,
      List<String> anchors,
      List<ConceptRows.Pairs> pairs,
      InputEdit edit,
      List<KeptPhrase> preserved) {
    InputEdit stored = asStored(edit);
    EditReport.Writer report = new EditReport.Writer();
    for (int i = 0; i < pairs.size(); i++) {
      Erasure erasure =
          new Erasure(
              job.concepts().get(i).name(), pairs.get(i).targets(), pairs.get(i).guides(), 1);
      report.residual(
          erasure.label(), "'" + anchors.get(i) + "', all its rows", erasure.residual(stored));
    }
    report.note(
        "kept",
        String.join("|", preserved.stream().map(kept -> kept.subject().phrase()).toList()),
        "kept exactly: the first "
            + job.options().integer("kept-directions")
            + " directions of each of "
            + preserved.size()
            + " phrases");
    report.note(
        "anchors",
        String.join("|", anchors),
        "anchors: " + anchors.stream().map(a -> a.isEmpty() ? "the empty prompt" : a).toList());
    new SideEffects(job, preserved).write(List.of(stored), report);
    return report.condition(edit.condition()).done();
  }
}
