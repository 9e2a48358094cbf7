package dev.forgetmenot.host.run;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.LossCurve;
import dev.forgetmenot.host.chart.LossFiles;
import dev.forgetmenot.host.edit.DrawnBeside;
import dev.forgetmenot.host.edit.EditContext;
import dev.forgetmenot.host.edit.EditEstimation;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * A run that makes a patch: sample images, the edit with images on the way, sample images again.
 *
 * @param loader loads the plan's model
 * @param context progress and cancellation
 * @param judging by what the images are judged
 */
record EditRun(ModelLoader loader, JobContext context, EvaluationSetup judging) {
  RunJob.Result run(RunPlan plan, boolean resume) throws IOException {
    EditRequest order = order(plan, resume);
    order.checkResumable();
    LossFiles losses = new LossFiles(plan.output());
    LossCurve curve = losses.begin(resume);
    SampleImages samples = new SampleImages(plan, context, judging);
    try (NamedModel hosted = loader.load(List.of())) {
      List<SampleReport.Row> before = new ArrayList<>();
      DrawnBeside beside =
          samples.beside(hosted, () -> before.addAll(samples.judged(hosted, "before", List.of())));
      EditJob.Result patch =
          new EditJob(
                  context,
                  listener(curve, samples, hosted),
                  beside,
                  Optional.of(PrototypeImages.usual(loader)))
              .run(hosted, order);
      List<PatchRequest> requests =
          List.of(new PatchRequest(patch.file(), 1).allow(ILL_CONDITIONED));
      try (PatchSet patches = PatchSet.open(requests)) {
        hosted.model().repatch(patches.requests());
        List<SampleReport.Row> after = samples.judged(hosted, "after", patches.labels());
        SampleReport report = new SampleReport(plan.samples(), true, before, after);
        report.write(plan.output(), plan.title(), "before", "after");
        return new RunJob.Result(plan.output(), patch.file(), lines(patch, report));
      } catch (IOException | RuntimeException | Error e) {
        context.say(
            "the patch is whole in "
                + patch.file()
                + "; only sample images are missing: fmn generate \"...\" --patch "
                + patch.file());
        throw e;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      losses.write(curve, plan.title());
    }
  }

  /** What the run writes in the place of what is there. */
  List<Path> files(RunPlan plan) {
    List<Path> files = new ArrayList<>(order(plan, false).files());
    files.addAll(new LossFiles(plan.output()).files());
    return files;
  }

  EditRequest order(RunPlan plan, boolean resume) {
    RunMethod.Edit method = (RunMethod.Edit) plan.method();
    Path patch = plan.output().resolve(plan.patch().orElseThrow());
    return new EditRequest(
        method.editor(), plan.concepts(), plan.values(), patch, judging, plan.report(), resume);
  }

  private static List<String> lines(EditJob.Result patch, SampleReport samples) {
    List<String> lines = new ArrayList<>(samples.lines());
    patch.report().ifPresent(report -> lines.addAll(report.lines()));
    lines.add("patch " + patch.id());
    return lines;
  }

  /**
   * Every step goes into the curve, and after some of them the model draws as it is then. Nothing
   * is recorded in a graph, and what a step draws at random comes from its own seed.
   */
  private static EditContext.TrainingListener listener(
      LossCurve curve, SampleImages samples, NamedModel hosted) {
    int every = samples.plan().samples().every();
    return (step, steps, loss, gradientNorm) -> {
      curve.add(step, loss, gradientNorm);
      if (every > 0 && step % every == 0 && step < steps) {
        int unused =
            hosted.model().engine().withoutGraph(() -> drawOnTheWay(samples, hosted, step));
      }
    };
  }

  /** Stopped while drawing, it leaves the stop to the job, which saves its state first. */
  private static int drawOnTheWay(SampleImages samples, NamedModel hosted, int step) {
    try {
      return samples.draw(hosted, Message.of("step-%05d", step), List.of()).size();
    } catch (CancellationException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> estimate(RunPlan plan) throws IOException {
    try (NamedModel hosted = loader.load(List.of())) {
      long drawn = new SampleImages(plan, context, judging).pixels(hosted);
      return new EditEstimation(context, drawn).run(hosted, order(plan, false)).lines();
    }
  }
}
