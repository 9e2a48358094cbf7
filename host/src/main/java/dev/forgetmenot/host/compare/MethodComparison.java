package dev.forgetmenot.host.compare;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets several methods forget or correct the same concepts and measures each by the same images: a
 * table in Markdown, a sheet of images a concept, and every patch.
 *
 * @param hosted a model without patches
 * @param operation what the methods do
 * @param size of the evaluation
 * @param judging by what images are judged; there must be a judge that knows what is edited
 * @param second the images by which there is a second judge
 * @param folder where everything goes
 * @param context progress and cancellation
 */
public record MethodComparison(
    NamedModel hosted,
    Operation operation,
    Evaluation.Size size,
    EvaluationSetup judging,
    PrototypeImages second,
    Path folder,
    JobContext context) {
  private static final long LIKELY_BYTES = 256L << 20;

  /** A patch that was made. */
  record Made(Candidate method, EditJob.Result result) {}

  /**
   * Compares; takes minutes.
   *
   * @return the table's file
   */
  public Path run(List<Concept> concepts, List<Candidate> methods) throws IOException {
    second.check();
    Path patches = prepare();
    Path file = folder.resolve("table.md");
    Set<String> names = new HashSet<>();
    StringBuilder text = new StringBuilder();
    try (ImageClassifier judge = judge()) {
      for (Concept concept : concepts) {
        String name = PatchName.unique(PatchName.slug(concept.name()), names);
        ComparisonTable table = table(concept, patches.resolve(name), methods, judge);
        PngFile.write(folder.resolve(name + ".png"), table.sheet().draw(), "");
        text.append(table.markdown());
        text.append("\n![").append(concept.name()).append("](").append(name).append(".png)\n\n");
        AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  /** Makes the folder, and the folder of patches in it, which it gives. */
  Path prepare() throws IOException {
    OutputFolder.prepare(folder, LIKELY_BYTES);
    return Files.createDirectories(folder.resolve("patches"));
  }

  /** What judges; the caller closes it. */
  ImageClassifier judge() throws IOException {
    return judging
        .open(hosted.model())
        .orElseThrow(
            () ->
                new IOException(
                    "a comparison needs a classifier of images and a vocabulary; name a CLIP folder"
                        + " by --clip and a list of phrases by --known-concepts"));
  }

  /**
   * Compares on one concept. All patches are made first, since only the methods know what a general
   * word stands for; the first that says it decides what is drawn.
   */
  private ComparisonTable table(
      Concept concept, Path patches, List<Candidate> methods, ImageClassifier judge)
      throws IOException {
    if (operation == Operation.FORGET) {
      Evaluation evaluation = Evaluation.ofForgetting(List.of(concept), judging.vocabulary(), size);
      check(evaluation, judge);
      return measured(concept, evaluation, made(concept, patches, methods, judge), judge);
    }
    List<Made> made = made(concept, patches, methods, judge);
    Evaluation evaluation = Evaluation.of(List.of(goal(concept, made)), judging.vocabulary(), size);
    check(evaluation, judge);
    return measured(concept, evaluation, made, judge);
  }

  /** Refuses what the judge does not know. */
  static void check(Evaluation evaluation, ImageClassifier judge) {
    if (!evaluation.canBeJudgedBy(judge)) {
      EditGoal goal = evaluation.goals().get(0);
      throw new IllegalArgumentException(
          "the vocabulary does not name "
              + (goal.forgets() ? "'" + goal.concept().name() + "'" : goal)
              + ", so it cannot be judged");
    }
  }

  private List<Made> made(
      Concept concept, Path patches, List<Candidate> methods, ImageClassifier judge)
      throws IOException {
    List<Made> made = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Candidate method : methods) {
      context.checkCancelled();
      String name =
          PatchName.unique(patches.getFileName() + "-" + PatchName.slug(method.toString()), names);
      Path patch = patches.resolveSibling(name + ".fmnpatch");
      try {
        made.add(make(List.of(concept), method, patch, judge));
      } catch (IllegalArgumentException | ArithmeticException | PatchFormatException e) {
        cannot(concept, method, e);
      }
      context.progress(concept.name(), made.size(), methods.size());
    }
    return made;
  }

  /** Makes a patch of concepts, without a report of its own. */
  Made make(List<Concept> concepts, Candidate method, Path patch, ImageClassifier judge)
      throws IOException {
    EditRequest order =
        new EditRequest(
            method.editor(), concepts, method.values(), patch, judging, ReportSize.NONE, false);
    EditJob job = new EditJob(JobContext.silent(context)).judgedBy(second);
    return new Made(method, job.run(hosted, order, Optional.of(judge)));
  }

  /** What is drawn of a correction: the first goal that has instances, or else the first. */
  private static EditGoal goal(Concept concept, List<Made> made) {
    List<EditGoal> goals = made.stream().flatMap(one -> one.result().goals().stream()).toList();
    return goals.stream()
        .filter(goal -> !goal.instances().isEmpty())
        .findFirst()
        .or(() -> goals.stream().findFirst())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no method says what '" + concept.name() + "' stands for: nothing to compare"));
  }

  private ComparisonTable measured(
      Concept concept, Evaluation evaluation, List<Made> made, ImageClassifier judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    Optional<PrototypeImages.Both> both =
        second.judges(model, evaluation, judging.vocabulary(), Set.of(), judge, context);
    context.say("drawing and judging " + evaluation.images() + " images of each method");
    JobContext keeping = second.untouched(context, model);
    EvaluationResult before =
        model.engine().call(() -> evaluation.runUntouched(model, judge, keeping));
    ComparisonTable table = new ComparisonTable(concept, evaluation, before, both);
    for (Made one : made) {
      context.checkCancelled();
      Path patch = one.result().file();
      try {
        model.repatch(List.of(new PatchRequest(patch, 1).allow(ILL_CONDITIONED)));
        EvaluationResult after = model.engine().call(() -> evaluation.run(model, judge));
        context.say(
            concept.name()
                + ": "
                + table.add(
                    one.method().toString(), one.result().seconds(), Files.size(patch), after));
      } catch (PatchFormatException e) {
        cannot(concept, one.method(), e);
      } finally {
        model.repatch(List.of());
      }
    }
    return table;
  }

  private void cannot(Concept concept, Candidate method, Exception reason) {
    context.say(concept.name() + ": " + method + " cannot: " + reason.getMessage());
  }
}
