package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.invert.InversionFiles;
import dev.forgetmenot.host.invert.InversionJob;
import dev.forgetmenot.host.invert.InversionRequest;
import dev.forgetmenot.host.invert.TokenFiles;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.kit.train.TrainingImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run that turns images into tokens, then draws with them.
 *
 * @param loader loads the plan's model
 * @param context progress and cancellation
 * @param judging by what the images are judged
 */
record InvertRun(ModelLoader loader, JobContext context, EvaluationSetup judging) {
  RunJob.Result run(RunPlan plan, boolean resume) throws IOException {
    InversionRequest order = order(plan, resume);
    try (NamedModel hosted = loader.load(List.of())) {
      InversionJob.Result result = job(hosted, plan).run(hosted, order);
      Path last = plan.output().resolve(InversionFiles.stepName(order.values().integer("steps")));
      if (!Files.exists(last)) {
        Files.copy(result.file(), last);
      }
      new TokenFiles(List.of(result.file())).addTo(hosted, context);
      RunPlan naming = plan.samples().lines().isEmpty() ? sampling(plan, result.prompt()) : plan;
      SampleImages samples = new SampleImages(naming, context, judging);
      List<SampleReport.Row> drawn = samples.judged(hosted, "after", List.of());
      SampleReport report =
          new SampleReport(
              naming.samples(), false, photos(hosted, order, naming, drawn.size()), drawn);
      report.write(plan.output(), plan.title(), "images", "drawn with the tokens");
      List<String> lines = new ArrayList<>(report.lines());
      lines.add("tokens " + result.tokens().summary() + ", as in '" + result.prompt() + "'");
      return new RunJob.Result(plan.output(), last, lines);
    }
  }

  /** What the run would take, for people. */
  List<String> estimate(RunPlan plan) throws IOException {
    try (NamedModel hosted = loader.load(List.of())) {
      return job(hosted, plan).estimate(hosted, order(plan, false));
    }
  }

  /** Samples are drawn in any case: where the file names none, one of the tokens' prompt. */
  private InversionJob job(NamedModel hosted, RunPlan plan) throws IOException {
    long usual = (long) hosted.model().imageSize() * hosted.model().imageSize();
    long drawn = new SampleImages(plan, context, judging).pixels(hosted);
    return new InversionJob(context, judging.bytes(), drawn == 0 ? usual : drawn);
  }

  static InversionRequest order(RunPlan plan, boolean resume) {
    Settings values = plan.values();
    Map<String, String> own = new LinkedHashMap<>(values.all());
    own.keySet()
        .retainAll(TextualInversionSettings.parameters().stream().map(SettingSpec::name).toList());
    Concept concept = plan.concepts().get(0);
    return new InversionRequest(
        values.path(RunMethod.Invert.IMAGES).orElseThrow(),
        concept.kind(),
        Settings.of(TextualInversionSettings.parameters(), own),
        plan.output(),
        new InversionRequest.Saving(
            Math.toIntExact(values.integer(RunMethod.Invert.SAVE_EVERY)),
            Math.toIntExact(values.integer(RunMethod.Invert.PREVIEWS))),
        InversionRequest.Form.ORIGINAL,
        plan.patch().map(name -> plan.output().resolve(name)),
        resume);
  }

  private static RunPlan sampling(RunPlan plan, String prompt) {
    return new RunPlan(
        plan.file(),
        plan.method(),
        plan.model(),
        plan.concepts(),
        plan.anyName(),
        plan.values(),
        plan.output(),
        plan.patch(),
        plan.samples().of(List.of(SampleLine.of(prompt))),
        plan.report(),
        plan.resume(),
        plan.notes());
  }

  /** The images that were inverted, as many as are drawn, for each row of the sheet. */
  private static List<SampleReport.Row> photos(
      NamedModel hosted, InversionRequest order, RunPlan plan, int rows) throws IOException {
    TextualInversionSettings settings = new TextualInversionSettings(order.values());
    List<RgbImage> all =
        TrainingImages.read(
                order.images(),
                hosted.model().imageSize(),
                settings.crop(),
                settings.seed(),
                said -> {})
            .images();
    List<RgbImage> some = all.subList(0, Math.min(plan.samples().count(), all.size()));
    List<Optional<String>> unseen = Collections.nCopies(some.size(), Optional.empty());
    return Collections.nCopies(rows, new SampleReport.Row(some, unseen));
  }
}
