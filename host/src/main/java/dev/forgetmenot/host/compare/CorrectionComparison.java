package dev.forgetmenot.host.compare;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets several methods correct the same general words and measures each by the same images: a table
 * in Markdown, a sheet of images a word, and every patch.
 *
 * @param context progress and cancellation
 * @param size of the trial
 */
public record CorrectionComparison(JobContext context, CorrectionTrial.Size size) {
  /** What a method made. */
  private record Made(ComparedMethod method, EditJob.Result result, double seconds) {}

  /**
   * Compares; takes minutes. All patches are made first, since only the methods know what a word
   * stands for; the first that says it decides what is drawn.
   *
   * @param hosted a model without patches
   * @param judging by what images are judged; there must be a judge that knows all instances
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
          List<Made> made = make(hosted, concept, methods, judging, judge, files);
          CorrectionTrial trial =
              CorrectionTrial.of(List.of(goal(concept, made)), judging.vocabulary(), size);
          if (!trial.canBeJudgedBy(judge)) {
            throw new IllegalArgumentException(
                "the vocabulary does not name " + trial.goals() + ", so nothing can be judged");
          }
          ComparedCorrections table = measure(hosted, trial, made, judge);
          return new ComparisonFiles.Section(table.markdown(), table.sheet());
        });
  }

  private List<Made> make(
      NamedModel hosted,
      Concept concept,
      List<ComparedMethod> methods,
      EvaluationSetup judging,
      ImageClassifier judge,
      ComparisonFiles files)
      throws IOException {
    List<Made> made = new ArrayList<>();
    for (ComparedMethod method : methods) {
      context.checkCancelled();
      try {
        ComparedMethod.Made one =
            method.make(hosted, concept, files.patch(concept, method), judging, judge, context);
        made.add(new Made(method, one.result(), one.seconds()));
      } catch (IllegalArgumentException | ArithmeticException | PatchFormatException e) {
        cannot(concept.name(), method, e);
      }
      context.progress(concept.name(), made.size(), methods.size());
    }
    return made;
  }

  /** What is drawn: the first goal that has instances, or else the first. */
  private static CorrectionGoal goal(Concept concept, List<Made> made) {
    List<CorrectionGoal> goals =
        made.stream().flatMap(one -> one.result().goals().stream()).toList();
    return goals.stream()
        .filter(goal -> !goal.instances().isEmpty())
        .findFirst()
        .or(() -> goals.stream().findFirst())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no method says what '" + concept.name() + "' stands for: nothing to compare"));
  }

  private ComparedCorrections measure(
      NamedModel hosted, CorrectionTrial trial, List<Made> made, ImageClassifier judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    context.say("drawing and judging " + trial.images() + " images of each method");
    CorrectionResult before = model.engine().call(() -> trial.run(model, judge));
    ComparedCorrections table = new ComparedCorrections(trial, before);
    for (Made one : made) {
      context.checkCancelled();
      try {
        model.repatch(List.of(new PatchRequest(one.result().file(), 1).allow(ILL_CONDITIONED)));
        CorrectionResult after = model.engine().call(() -> trial.run(model, judge));
        table.add(one.method().label(), one.seconds(), Files.size(one.result().file()), after);
        context.say(trial.goals().get(0).concept().name() + ": " + table.last());
      } catch (PatchFormatException e) {
        cannot(trial.goals().get(0).concept().name(), one.method(), e);
      } finally {
        model.repatch(List.of());
      }
    }
    return table;
  }

  private void cannot(String concept, ComparedMethod method, Exception reason) {
    context.say(concept + ": " + method.label() + " cannot: " + reason.getMessage());
  }
}
