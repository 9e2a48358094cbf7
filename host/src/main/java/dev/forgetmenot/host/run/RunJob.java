package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a plan and leaves in its folder: {@code config.yaml}, {@code loss.csv}, {@code loss.png},
 * sample images in {@code samples/}, what they show in {@code samples.csv}, {@code comparison.png},
 * and the patch or the tokens. A run that is stopped leaves a checkpoint there.
 *
 * @param loader loads the plan's model
 * @param context progress and cancellation
 * @param judging by what the images are judged
 */
public record RunJob(ModelLoader loader, JobContext context, EvaluationSetup judging) {
  private static final String CONFIG = "config.yaml";
  private static final long LIKELY_BYTES = 64L << 20;

  /**
   * What a run left.
   *
   * @param folder where
   * @param file the patch, or the tokens
   * @param lines what was measured, for people
   */
  public record Result(Path folder, Path file, List<String> lines) {
    /** Copies the list. */
    public Result {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Runs it.
   *
   * @param resume whether to go on from the checkpoint in the folder
   * @throws IOException if a file cannot be read or written, or there is no checkpoint to go on
   *     from
   * @throws java.util.concurrent.CancellationException if the user stopped it
   */
  public Result run(RunPlan plan, boolean resume) throws IOException {
    OutputFolder folder = OutputFolder.prepare(plan.output(), LIKELY_BYTES);
    ResolvedConfig.writeBesideOthers(plan, folder.folder().resolve(CONFIG));
    return plan.method() instanceof RunMethod.Edit
        ? new EditRun(loader, context, judging).run(plan, resume)
        : new InvertRun(loader, context, judging).run(plan, resume);
  }

  /**
   * What the run writes in the place of what is there, for a caller that asks before: sample images
   * have names of their own and replace those of the same step and seed alone.
   */
  public List<Path> files(RunPlan plan) {
    List<Path> files =
        new ArrayList<>(
            plan.method() instanceof RunMethod.Edit
                ? new EditRun(loader, context, judging).files(plan)
                : InvertRun.order(plan, false).files());
    files.addAll(SampleReport.files(plan.output()));
    return files;
  }

  /** The states that a stopped run of the plan left, to go on from. */
  public List<Path> states(RunPlan plan) throws IOException {
    if (plan.method() instanceof RunMethod.Edit) {
      return new EditRun(loader, context, judging).order(plan, false).states();
    }
    Path state = InvertRun.order(plan, false).checkpoint();
    return Files.exists(state) ? List.of(state) : List.of();
  }

  /** What the run would cost and harm, for people; nothing is written. */
  public List<String> estimate(RunPlan plan) throws IOException {
    return plan.method() instanceof RunMethod.Edit
        ? new EditRun(loader, context, judging).estimate(plan)
        : new InvertRun(loader, context, judging).estimate(plan);
  }
}
