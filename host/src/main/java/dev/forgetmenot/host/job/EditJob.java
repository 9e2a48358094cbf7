package dev.forgetmenot.host.job;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.PictureJudge;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * Forgets or corrects: lets an editor work on a model and writes what it hands back, bound to its
 * base, as a patch. Where the pictures can be judged, the same pictures are drawn before and after,
 * and what they show goes into the patch as evidence. The model is the base's again when the job
 * ends, however it ends.
 *
 * @param command progress and cancellation
 * @param training hears of training steps
 */
public record EditJob(JobContext command, EditContext.TrainingListener training) {
  /** What may be written at most: a change of all weights of a large UNet would not fit a patch. */
  private static final long LIKELY_BYTES = 64L << 20;

  /** Concepts that the name of a file names; more would make it too long. */
  private static final int NAMED = 3;

  /** A job to whose training nobody listens. */
  public EditJob(JobContext command) {
    this(command, EditContext.TrainingListener.NONE);
  }

  /**
   * A patch that has been written.
   *
   * @param file the patch
   * @param id its id
   * @param goals what its editor said that it corrects; empty for a forgetting
   * @param report what changed; empty where it was not measured
   */
  public record Result(Path file, String id, List<CorrectionGoal> goals, Optional<Report> report) {
    /** Copies the list. */
    public Result {
      goals = List.copyOf(goals);
    }
  }

  /**
   * What was measured.
   *
   * @param lines what it did, for people; the most important last
   * @param files pictures and tables beside the patch
   */
  public record Report(List<String> lines, List<Path> files) {
    /** Copies the lists. */
    public Report {
      lines = List.copyOf(lines);
      files = List.copyOf(files);
    }
  }

  /**
   * Runs the editor and writes the patch, with a judge of its own.
   *
   * @see #run(HostedModel, EditOrder, Optional)
   */
  public Result run(HostedModel hosted, EditOrder order) throws IOException {
    check(order);
    Optional<Recogniser> judge = order.judging().open(hosted.model().engine());
    try {
      return checked(hosted, order, judge.map(PictureJudge.class::cast));
    } finally {
      judge.ifPresent(Recogniser::close);
    }
  }

  /**
   * Runs the editor and writes the patch.
   *
   * @param hosted a model without patches
   * @param judge who says what pictures show, if anyone; stays open
   * @throws IllegalArgumentException if a concept or a value does not fit the model
   * @throws IOException if pictures cannot be read or the patch cannot be written
   * @throws CancellationException if the user stopped the job; its state is left beside the patch
   *     where the editor keeps one
   */
  public Result run(HostedModel hosted, EditOrder order, Optional<PictureJudge> judge)
      throws IOException {
    check(order);
    return checked(hosted, order, judge);
  }

  private Result checked(HostedModel hosted, EditOrder order, Optional<PictureJudge> judge)
      throws IOException {
    try {
      Result result = judged(hosted, order, judge);
      Files.deleteIfExists(order.checkpoint());
      return result;
    } catch (CancellationException e) {
      if (Files.isRegularFile(order.checkpoint())) {
        command.say(
            "its state is in " + order.checkpoint() + "; the same command with --resume goes on");
      }
      throw e;
    }
  }

  private static void check(EditOrder order) throws IOException {
    OutputFolder.ofFile(order.patch(), LIKELY_BYTES);
    if (order.resume() && !Files.isRegularFile(order.checkpoint())) {
      throw new IOException(
          "there is nothing to resume: "
              + order.checkpoint()
              + " is missing; run without --resume");
    }
  }

  private Result judged(HostedModel hosted, EditOrder order, Optional<PictureJudge> judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    CorrectionGoals said = new CorrectionGoals();
    PatchDraft draft = model.engine().call(() -> edit(model, order, judge, said));
    List<CorrectionGoal> goals = said.all();
    Optional<EditReport<?>> report = judge.flatMap(who -> report(order, goals, who));
    if (report.isEmpty()) {
      WrittenPatch written = WrittenPatch.write(model.base(), draft, order.patch());
      return new Result(written.file(), written.id(), goals, Optional.empty());
    }
    return reported(hosted, order, draft, goals, report.get(), judge.orElseThrow());
  }

  /** How the pictures are judged, if they can be. */
  private static Optional<EditReport<?>> report(
      EditOrder order, List<CorrectionGoal> goals, PictureJudge judge) {
    if (!order.report().drawn()) {
      return Optional.empty();
    }
    Optional<EditReport<?>> report =
        switch (order.editor().operation()) {
          case FORGET -> Optional.of(ForgettingReport.of(order));
          case CORRECT ->
              goals.isEmpty() ? Optional.empty() : Optional.of(CorrectionReport.of(order, goals));
        };
    return report.filter(one -> one.canBeJudgedBy(judge));
  }

  /** Draws on the base, which the model is again, and with the patch. */
  private <R> Result reported(
      HostedModel hosted,
      EditOrder order,
      PatchDraft draft,
      List<CorrectionGoal> goals,
      EditReport<R> report,
      PictureJudge judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    command.say("drawing and judging " + report.pictures() + " pictures of before");
    R before = model.engine().call(() -> report.draw(model, judge));
    R after = afterwards(model, draft, order.patch(), report, judge);
    PatchDraft proven = draft.evidence(report.evidence(before, after));
    WrittenPatch written = WrittenPatch.write(model.base(), proven, order.patch());
    return new Result(
        written.file(), written.id(), goals, Optional.of(report.write(draft, before, after)));
  }

  private PatchDraft edit(
      StableDiffusion model, EditOrder order, Optional<PictureJudge> judge, CorrectionGoals goals)
      throws IOException {
    EditContext context =
        new EditContext(
            command,
            judge,
            order.judging().vocabulary(),
            Optional.of(order.checkpoint()),
            order.resume(),
            training,
            goals);
    try {
      return order
          .authorship()
          .of(order.editor().edit(order.concepts(), order.values(), model, context));
    } finally {
      model.weights().restoreChanged();
    }
  }

  /** Draws with the patch as users will: written, read and put on. */
  private <R> R afterwards(
      StableDiffusion model, PatchDraft draft, Path file, EditReport<R> report, PictureJudge judge)
      throws IOException {
    Path trying = Files.createTempFile(file.toAbsolutePath().getParent(), ".fmn-", ".fmnpatch");
    try {
      WrittenPatch.write(model.base(), draft, trying);
      model.repatch(List.of(new PatchRequest(trying, 1).allow(ILL_CONDITIONED)));
      command.say("drawing and judging the same pictures of after");
      return model.engine().call(() -> report.draw(model, judge));
    } finally {
      model.repatch(List.of());
      Files.deleteIfExists(trying);
    }
  }

  /** A name for the file of a patch, such as {@code forget-a-thing.fmnpatch}. */
  public static String fileName(String operation, List<Concept> concepts) {
    String words =
        concepts.stream()
            .limit(NAMED)
            .map(Concept::name)
            .collect(Collectors.joining(" "))
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "-")
            .replaceAll("^-|-$", "");
    return operation + "-" + (words.isEmpty() ? "concept" : words) + ".fmnpatch";
  }
}
