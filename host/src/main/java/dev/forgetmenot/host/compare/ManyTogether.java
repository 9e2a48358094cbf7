package dev.forgetmenot.host.compare;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.TogetherChart;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets methods forget more and more concepts at once, in one patch and as a stack of a patch each,
 * and measures what is left of them and of others. The others are the same for all numbers, none of
 * the concepts. Writes a table in Markdown, a chart, and every patch.
 *
 * @param comparison with what is compared
 */
public record ManyTogether(MethodComparison comparison) {
  /**
   * Patches that are put on together.
   *
   * @param concepts that they forget
   * @param seconds that making and writing them took
   */
  private record Made(int concepts, List<Path> patches, double seconds) {
    Made plus(Made other) {
      List<Path> all = new ArrayList<>(patches);
      all.addAll(other.patches);
      return new Made(concepts + other.concepts, all, seconds + other.seconds);
    }
  }

  /**
   * Compares; takes minutes.
   *
   * @param concepts the first of them are taken for smaller numbers
   * @param counts how many concepts at once, rising
   * @return the table's file
   */
  public Path run(List<Concept> concepts, List<Candidate> methods, List<Integer> counts)
      throws IOException {
    Path patches = comparison.prepare();
    Path table = comparison.folder().resolve("table.md");
    Evaluation all =
        Evaluation.ofForgetting(concepts, comparison.judging().vocabulary(), comparison.size());
    List<TogetherRow> rows = new ArrayList<>();
    try (ImageClassifier judge = comparison.judge()) {
      MethodComparison.check(all, judge);
      comparison.context().say("drawing and judging " + all.images() + " images of the base");
      EvaluationResult before = judged(all, judge);
      for (Candidate method : methods) {
        Made stack = new Made(0, List.of(), 0);
        for (int count : counts) {
          try {
            Made one = make(method, concepts.subList(0, count), patches, judge);
            rows.add(measured(method, one, all, before, judge));
            while (count > 1 && stack.concepts() < count) {
              int next = stack.concepts();
              stack = stack.plus(make(method, concepts.subList(next, next + 1), patches, judge));
            }
            if (count > 1) {
              rows.add(measured(method, stack, all, before, judge));
            }
          } catch (IllegalArgumentException | ArithmeticException | PatchFormatException e) {
            comparison.context().say(Message.of("%s of %d: %s", method, count, e.getMessage()));
          }
          String text = TogetherRow.table(all, rows);
          AtomicFile.write(table, text.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    if (!rows.isEmpty()) {
      PngFile.write(
          comparison.folder().resolve("together.png"), new TogetherChart(rows).draw(), "");
    }
    return table;
  }

  private EvaluationResult judged(Evaluation evaluation, ImageClassifier judge) {
    StableDiffusion model = comparison.hosted().model();
    return model.engine().call(() -> evaluation.run(model, judge));
  }

  private Made make(Candidate method, List<Concept> concepts, Path folder, ImageClassifier judge)
      throws IOException {
    comparison.context().checkCancelled();
    String what =
        concepts.size() == 1
            ? PatchName.slug(concepts.get(0).name())
            : concepts.size() + "-concepts";
    Path patch = folder.resolve(PatchName.slug(method.toString()) + "-" + what + ".fmnpatch");
    EditJob.Result made = comparison.make(concepts, method, patch, judge).result();
    return new Made(concepts.size(), List.of(made.file()), made.seconds());
  }

  /** Draws the concepts that were forgotten and the others. */
  private TogetherRow measured(
      Candidate method, Made made, Evaluation all, EvaluationResult base, ImageClassifier judge)
      throws IOException {
    int count = made.concepts();
    Evaluation evaluation = new Evaluation(all.goals().subList(0, count), all.others(), all.size());
    EvaluationResult before = new EvaluationResult(base.goals().subList(0, count), base.others());
    StableDiffusion model = comparison.hosted().model();
    long bytes = 0;
    List<PatchRequest> requests = new ArrayList<>();
    for (Path patch : made.patches()) {
      bytes += Files.size(patch);
      requests.add(new PatchRequest(patch, 1).allow(ILL_CONDITIONED));
    }
    try {
      model.repatch(requests);
      EvaluationResult after = judged(evaluation, judge);
      TogetherRow row =
          new TogetherRow(
              method.toString(),
              count,
              made.patches().size() > 1,
              made.seconds(),
              bytes,
              new Count(after.left(), count * all.size().ofConcept()),
              new Count(after.kept(), after.ofOthers()),
              100 * (after.retainAccuracy() - before.retainAccuracy()),
              after.drift(before));
      comparison.context().say(row.line());
      return row;
    } finally {
      model.repatch(List.of());
    }
  }
}
