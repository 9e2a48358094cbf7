package dev.forgetmenot.host.compare;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lets several methods forget the same concepts and measures each by the same images: a table in
 * Markdown, a sheet of images a concept, and every patch.
 *
 * @param context progress and cancellation
 * @param size of the trial
 */
public record MethodComparison(JobContext context, Evaluation.Size size) {
  private static final int COLUMNS = 4;

  /** One line of the table; before is the same for all methods of a concept. */
  private record Line(
      String method, double seconds, long bytes, EvaluationResult before, EvaluationResult after) {
    String markdown() {
      return String.format(
          Locale.ROOT,
          "| %s | %.1f | %s | %d/%d | %.1f %% | %+.1f | %.1f |",
          method,
          seconds,
          ComparedMethod.kibibytes(bytes),
          after.left(),
          after.targets().get(0).seen().size(),
          100 * after.retainAccuracy(),
          100 * (after.retainAccuracy() - before.retainAccuracy()),
          after.drift(before));
    }
  }

  /**
   * Compares; takes minutes.
   *
   * @param hosted a model without patches
   * @param judging by what images are judged; there must be a judge that knows every concept
   * @param folder where everything goes
   * @return the table's file
   */
  public Path run(
      NamedModel hosted,
      List<Concept> concepts,
      List<ComparedMethod> methods,
      EvaluationSetup judging,
      Path folder)
      throws IOException {
    ComparisonFiles files = new ComparisonFiles(folder);
    return files.write(
        hosted,
        concepts,
        judging,
        (concept, judge) -> {
          Evaluation trial = Evaluation.of(List.of(concept), judging.vocabulary(), size);
          if (!trial.canBeJudgedBy(judge)) {
            throw new IllegalArgumentException(
                "the vocabulary does not name '" + concept.name() + "', so it cannot be judged");
          }
          List<Line> lines = lines(hosted, concept, trial, methods, judging, judge, files);
          return new ComparisonFiles.Section(section(concept, trial, lines), sheet(trial, lines));
        });
  }

  private List<Line> lines(
      NamedModel hosted,
      Concept concept,
      Evaluation trial,
      List<ComparedMethod> methods,
      EvaluationSetup judging,
      ImageClassifier judge,
      ComparisonFiles files)
      throws IOException {
    StableDiffusion model = hosted.model();
    EvaluationResult before = model.engine().call(() -> trial.run(model, judge));
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("untouched", 0, 0, before, before));
    for (ComparedMethod method : methods) {
      context.checkCancelled();
      try {
        lines.add(line(hosted, concept, trial, method, judging, judge, before, files));
        context.say(concept.name() + ": " + lines.get(lines.size() - 1).markdown());
      } catch (IllegalArgumentException | ArithmeticException | PatchFormatException e) {
        context.say(concept.name() + ": " + method.label() + " cannot: " + e.getMessage());
      }
      context.progress(concept.name(), lines.size() - 1L, methods.size());
    }
    return lines;
  }

  private Line line(
      NamedModel hosted,
      Concept concept,
      Evaluation trial,
      ComparedMethod method,
      EvaluationSetup judging,
      ImageClassifier judge,
      EvaluationResult before,
      ComparisonFiles files)
      throws IOException {
    StableDiffusion model = hosted.model();
    ComparedMethod.Made made =
        method.make(hosted, concept, files.patch(concept, method), judging, judge, context);
    Path patch = made.result().file();
    try {
      model.repatch(List.of(new PatchRequest(patch, 1).allow(ILL_CONDITIONED)));
      EvaluationResult after = model.engine().call(() -> trial.run(model, judge));
      return new Line(method.label(), made.seconds(), Files.size(patch), before, after);
    } finally {
      model.repatch(List.of());
    }
  }

  private static String section(Concept concept, Evaluation trial, List<Line> lines) {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(concept.name()).append(" (").append(concept.kind().word());
    text.append(")\n\n\"").append(trial.prompt(0)).append("\", ");
    text.append(trial.size().ofTarget()).append(" images; ").append(trial.others().size());
    text.append(" others × ").append(trial.size().ofOther()).append("; seeds from ");
    text.append(trial.size().seed()).append(", ").append(trial.size().steps());
    text.append(" DDIM steps.\n\n");
    text.append("| method | seconds | patch | left | others | points | drift of 255 |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    lines.forEach(line -> text.append(line.markdown()).append('\n'));
    return text.toString();
  }

  private static ComparisonSheet sheet(Evaluation trial, List<Line> lines) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (Line line : lines) {
      List<RgbImage> others =
          line.after().others().stream().limit(COLUMNS).map(row -> row.images().get(0)).toList();
      EvaluationResult.Row target = line.after().targets().get(0);
      rows.add(
          new ComparisonSheet.Row(
              line.method(),
              String.format(
                  Locale.ROOT,
                  "left %d/%d, others %.0f %%",
                  target.recognised(),
                  target.seen().size(),
                  100 * line.after().retainAccuracy()),
              target.images().subList(0, Math.min(COLUMNS, target.images().size())),
              others));
    }
    String names = String.join(", ", trial.others().stream().limit(COLUMNS).toList());
    return new ComparisonSheet(
        "Forgetting \"" + trial.targets().get(0).name() + "\" by several methods",
        trial.prompt(0),
        names,
        "seeds from " + trial.size().seed() + "; recognised by the model's CLIP",
        rows);
  }
}
