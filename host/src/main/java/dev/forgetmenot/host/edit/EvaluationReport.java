package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.CorrectionLimits;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How an edit is judged: the same images are drawn on the base and with the patch. What they show
 * goes into the patch; a sheet of images and a page with a table are left beside it.
 *
 * @param order what was asked for
 * @param evaluation what is drawn
 */
record EvaluationReport(EditRequest order, Evaluation evaluation) {
  /** The images of a report; other seeds and prompts than those by which editors choose. */
  private static final Evaluation.Size FORGOTTEN = new Evaluation.Size(16, 30, 1, 4000, 12);

  /** How many of the nearest phrases are drawn. */
  private static final int NEAREST = 8;

  private static final Evaluation.Size CORRECTED = new Evaluation.Size(64, 60, 1, 4000, 20);

  /**
   * The report of an order, if images are asked for and can be judged.
   *
   * @param goals what its editor said that it corrects; of a forgetting the general words that
   *     should keep their other instances
   */
  static Optional<EvaluationReport> of(
      EditRequest order, List<EditGoal> goals, ImageClassifier judge) {
    boolean forgets = order.editor().operation() == Operation.FORGET;
    boolean loads = order.authorship().stacking().requires().isEmpty(); // alone, on its base
    boolean known = forgets || !goals.isEmpty();
    if (!order.report().drawn() || !loads || !known) {
      return Optional.empty();
    }
    Evaluation.Size size = order.report().of(forgets ? FORGOTTEN : CORRECTED);
    Evaluation evaluation =
        forgets
            ? Evaluation.ofForgetting(order.concepts(), goals, order.judging().vocabulary(), size)
            : Evaluation.of(goals, order.judging().vocabulary(), size);
    return Optional.of(
            new EvaluationReport(order, evaluation.saying(PromptTemplate.ofThingsOtherwise())))
        .filter(report -> evaluation.canBeJudgedBy(judge));
  }

  /**
   * The same with what is nearest to a concept that is forgotten. For the engine thread.
   *
   * @param encoder of the model without patches
   */
  EvaluationReport withNear(PromptEncoder encoder) {
    if (order.editor().operation() != Operation.FORGET) {
      return this;
    }
    KnownConcepts vocabulary = order.judging().vocabulary();
    Set<String> edited =
        evaluation.goals().stream().map(goal -> goal.concept().name()).collect(Collectors.toSet());
    List<Concept> near =
        NearestConcepts.of(encoder, order.concepts().get(0), vocabulary).phrases().stream()
            .map(one -> one.subject().phrase())
            .filter(phrase -> !edited.contains(phrase))
            .limit(NEAREST)
            .map(phrase -> new Concept(phrase, vocabulary.kindOf(phrase)))
            .toList();
    return new EvaluationReport(order, evaluation.near(near));
  }

  /** What goes into the patch. */
  List<Manifest.Evidence> evidence(JudgedEdit judged) {
    return new ReportEvidence(evaluation).of(judged.before(), judged.after());
  }

  /** The images that go into the patch. */
  List<PatchPreview.Image> previews(JudgedEdit judged) throws IOException {
    return new ReportPreviews(evaluation)
        .of(judged.before(), judged.after(), order.report().previews());
  }

  /**
   * Writes the files for people beside the patch and says what they are told.
   *
   * @param judged by the judge that reports
   * @param other the judge by which methods are chosen, where that is another one
   * @param measuring says how near images are to things
   */
  EditJob.Report write(
      Manifest.Recipe recipe,
      JudgedEdit judged,
      Optional<JudgedEdit> other,
      ImageClassifier measuring)
      throws IOException {
    EvaluationResult before = judged.before();
    EvaluationResult after = judged.after();
    List<String> judges = new ArrayList<>();
    other.ifPresent(
        second -> {
          judges.add("judge " + judged.judge() + ", reports; " + second.judge() + ", chose");
          judges.addAll(judged.beside(second));
        });
    ReportTable table = new ReportTable(before, after, measuring);
    List<String> missed =
        order.editor().operation() == Operation.CORRECT
            ? CorrectionLimits.DEFAULT.missed(before, after)
            : List.of();
    ReportSheet sheet =
        new ReportSheet(
            order.editor().name(),
            order.patch().getFileName().toString(),
            evaluation.size().seed());
    PngFile.write(order.sheet(), sheet.of(before, after).draw(), "");
    String page = new ReportPage(order, evaluation, recipe, table, missed, judges).text();
    AtomicFile.write(order.table(), page.getBytes(StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>(table.lines());
    lines.addAll(judges);
    lines.add(after.since(before));
    missed.forEach(sentence -> lines.add("missed: " + sentence));
    return new EditJob.Report(lines, List.of(order.sheet(), order.table()), judged, other);
  }
}
