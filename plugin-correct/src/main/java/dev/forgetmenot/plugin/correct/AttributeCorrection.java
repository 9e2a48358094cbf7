package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.solve.PhraseList;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * One thing without another that it brings along: what the word's text embeddings have of the other
 * one's, beside what all things have, is taken out of the word. The other one itself stays where it
 * is.
 */
@Extension(ordinal = 22)
public final class AttributeCorrection extends SolvedCorrection {
  private static final int DIRECTIONS = 6;
  private static final int OTHERS = 24;

  /** For the plugin manager. */
  public AttributeCorrection() {
    super(
        "attribute",
        "Closed form: one thing without another that it brings along; the other one stays.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return parameters(
        DIRECTIONS,
        List.of(
            SettingSpec.list("without", "What the word should not bring along. Must be given.")
                .formerlySplitAt("|"),
            SettingSpec.integer(
                "attribute-directions", 2, 1, 64, "Directions that stand for what is taken out."),
            SettingSpec.number(
                "pull", 1, 0.01, 4, "How much of it goes: 1 all, more pushes it away.")));
  }

  @Override
  SolveResult solve(SolveInput job, Concept word) throws IOException {
    List<String> without = without(job);
    if (without.contains(word.name())) {
      throw new IllegalArgumentException(
          "'" + word.name() + "' without itself is nothing; 'fmn forget' forgets it");
    }
    List<PromptPhrase> others = others(job, word, without);
    List<String> guides = new ArrayList<>(without);
    guides.addAll(others.stream().map(PromptPhrase::phrase).toList());
    job.context().goal(new EditGoal(word, List.of(), without));
    ConceptShift reading = ConceptShift.of(job, guides, without);
    Matrix usual = mean(reading.towards().subList(without.size(), guides.size())); // minus C
    Matrix gone =
        Matrix.joinColumns(
            reading.towards().subList(0, without.size()).stream()
                .map(towards -> towards.minus(usual))
                .toList());
    Subspace attribute =
        Subspace.ofFirst(gone, job.options().integer("attribute-directions") * without.size());
    Matrix own = usual.times(-1); // what the word is beside the usual
    Matrix brought = attribute.onto(own);
    Matrix amounts = brought.times(-job.options().number("pull"));
    InputUpdate edit = asStored(reading.reading().moving(amounts));
    SolveReport.Writer report = new SolveReport.Writer();
    String names = String.join(", ", without);
    double share = brought.norm() / own.norm();
    report.note(
        "brought-along",
        SolveReport.number(share),
        Message.of(
            "'%s' has %s of itself in the directions of %s",
            word.name(), SolveReport.number(share), names));
    double left =
        attribute.onto(edit.of(reading.columns()).minus(reading.columns()).plus(own)).norm();
    report.residual(word.name(), "without " + names, left / brought.norm());
    sideEffects(reading, edit, report);
    return new SolveResult(projector(job, edit), report.done(), List.of("without " + names));
  }

  private static List<String> without(SolveInput job) {
    if (job.options().values().find("without").isEmpty()) {
      throw new IllegalArgumentException(
          "attribute needs --without: what the word should not bring along");
    }
    return PhraseList.of("without", job.options().values()).stream()
        .map(name -> TargetShares.phrase(name, job.vocabulary()))
        .toList();
  }

  /** Other things, spread over the vocabulary, whose mean is what all things have. */
  private static List<PromptPhrase> others(SolveInput job, Concept word, List<String> without) {
    List<PromptPhrase> all =
        job.vocabulary().ofStyle(false).stream()
            .map(phrase -> job.subject(phrase.phrase()))
            .filter(subject -> !subject.phrase().equals(word.name()))
            .filter(subject -> !without.contains(subject.phrase()))
            .toList();
    if (all.isEmpty()) {
      return List.of(job.subject(""));
    }
    List<PromptPhrase> spread = new ArrayList<>();
    int count = Math.min(OTHERS, all.size());
    for (int i = 0; i < count; i++) {
      spread.add(all.get((int) ((long) i * all.size() / count)));
    }
    return spread;
  }

  private static Matrix mean(List<Matrix> matrices) {
    Matrix sum = matrices.get(0);
    for (Matrix matrix : matrices.subList(1, matrices.size())) {
      sum = sum.plus(matrix);
    }
    return sum.times(1.0 / matrices.size());
  }
}
