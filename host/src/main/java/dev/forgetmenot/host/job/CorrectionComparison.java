package dev.forgetmenot.host.job;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.edit.PictureJudge;
import dev.forgetmenot.api.edit.QuietContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.editing.measure.CorrectionResult;
import dev.forgetmenot.editing.measure.CorrectionTrial;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.picture.PngPictures;
import dev.forgetmenot.patch.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets several methods correct the same general words and measures each by the same pictures: a
 * table in Markdown, a sheet of pictures a word, and every patch.
 *
 * @param context progress and cancellation
 * @param size of the trial
 */
public record CorrectionComparison(JobContext context, CorrectionTrial.Size size) {
  private static final long LIKELY_BYTES = 256L << 20;

  /** What a method made. */
  private record Made(
      ComparedMethod method, Path patch, double seconds, List<CorrectionGoal> goals) {}

  /**
   * Compares; takes minutes. All patches are made first, since only the methods know what a word
   * stands for; the first that says it decides what is drawn.
   *
   * @param hosted a model without patches
   * @param judging by what pictures are judged; there must be a judge that knows all instances
   * @param folder where everything goes
   * @return the table's file
   */
  public Path run(
      HostedModel hosted,
      List<Concept> concepts,
      List<ComparedMethod> methods,
      Judging judging,
      Path folder)
      throws IOException {
    OutputFolder.prepare(folder, LIKELY_BYTES);
    try (Recogniser judge =
        judging
            .open(hosted.model().engine())
            .orElseThrow(() -> new IOException("a comparison needs a CLIP and a vocabulary"))) {
      StringBuilder text = new StringBuilder();
      for (Concept concept : concepts) {
        List<Made> made = make(hosted, concept, methods, judging, judge, folder);
        CorrectionTrial trial =
            CorrectionTrial.of(List.of(goal(concept, made)), judging.vocabulary(), size);
        if (!trial.canBeJudgedBy(judge)) {
          throw new IllegalArgumentException(
              "the vocabulary does not name " + trial.goals() + ", so nothing can be judged");
        }
        ComparedCorrections table = measure(hosted, trial, made, judge);
        String sheet = ComparedMethod.slug(concept.name()) + ".png";
        PngPictures.write(folder.resolve(sheet), table.sheet().draw(), "");
        text.append(table.markdown());
        text.append("\n![").append(concept.name()).append("](").append(sheet).append(")\n\n");
      }
      Path file = folder.resolve("table.md");
      AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
      return file;
    }
  }

  private List<Made> make(
      HostedModel hosted,
      Concept concept,
      List<ComparedMethod> methods,
      Judging judging,
      PictureJudge judge,
      Path folder)
      throws IOException {
    List<Made> made = new ArrayList<>();
    Path patches = Files.createDirectories(folder.resolve("patches"));
    for (ComparedMethod method : methods) {
      context.checkCancelled();
      String name = ComparedMethod.slug(concept.name() + " " + method.label());
      Path patch = patches.resolve(name + ".fmnpatch");
      try {
        made.add(made(hosted, concept, method, judging, judge, patch));
      } catch (IllegalArgumentException | PatchFormatException e) {
        cannot(concept.name(), method, e);
      }
      context.progress(concept.name(), made.size(), methods.size());
    }
    return made;
  }

  private Made made(
      HostedModel hosted,
      Concept concept,
      ComparedMethod method,
      Judging judging,
      PictureJudge judge,
      Path patch)
      throws IOException {
    ParameterValues values = ParameterValues.of(method.editor().parameters(), method.settings());
    EditOrder order =
        new EditOrder(
            method.editor(), List.of(concept), values, patch, judging, ReportSize.NONE, false);
    long begin = System.nanoTime();
    EditJob.Result result =
        new EditJob(new QuietContext(context)).run(hosted, order, Optional.of(judge));
    return new Made(method, patch, (System.nanoTime() - begin) / 1e9, result.goals());
  }

  /** What is drawn: the first goal that has instances, or else the first. */
  private static CorrectionGoal goal(Concept concept, List<Made> made) {
    List<CorrectionGoal> goals = made.stream().flatMap(one -> one.goals().stream()).toList();
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
      HostedModel hosted, CorrectionTrial trial, List<Made> made, PictureJudge judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    context.say("drawing and judging " + trial.pictures() + " pictures of each method");
    CorrectionResult before = model.engine().call(() -> trial.run(model, judge));
    ComparedCorrections table = new ComparedCorrections(trial, before);
    for (Made one : made) {
      context.checkCancelled();
      try {
        model.repatch(List.of(new PatchRequest(one.patch(), 1).allow(ILL_CONDITIONED)));
        CorrectionResult after = model.engine().call(() -> trial.run(model, judge));
        table.add(one.method().label(), one.seconds(), Files.size(one.patch()), after);
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
