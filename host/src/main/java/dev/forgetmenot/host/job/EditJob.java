package dev.forgetmenot.host.job;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.PictureJudge;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.editing.measure.Trial;
import dev.forgetmenot.editing.measure.TrialResult;
import dev.forgetmenot.host.picture.PngPictures;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  /** The pictures of a report; other seeds than those by which editors choose. */
  static final Trial.Size REPORT = new Trial.Size(16, 30, 1, 4000, 20);

  private static final String METRIC = "recognised-as-target";
  private static final String OTHERS_METRIC = "others-recognised";

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
   * @param report what changed; empty where it was not measured
   */
  public record Result(Path file, String id, Optional<Report> report) {}

  /**
   * What was measured.
   *
   * @param before the trial on the base
   * @param after the same trial with the patch
   * @param sheet the picture of both
   */
  public record Report(TrialResult before, TrialResult after, Path sheet) {}

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
    Trial trial = Trial.of(order.concepts(), order.judging().vocabulary(), REPORT);
    boolean judged = order.report() && judge.map(trial::canBeJudgedBy).orElse(false);
    Optional<TrialResult> before = Optional.empty();
    if (judged) {
      command.say("drawing and judging " + trial.pictures() + " pictures of before");
      before = Optional.of(model.engine().call(() -> trial.run(model, judge.orElseThrow())));
    }
    PatchDraft draft = model.engine().call(() -> edit(model, order, judge));
    if (before.isEmpty()) {
      return binding(hosted).write(draft, order.patch());
    }
    TrialResult first = before.get();
    TrialResult after = afterwards(hosted, draft, order.patch(), trial, judge.orElseThrow());
    PatchDraft proven = draft.evidence(evidence(trial, first, after));
    Result written = binding(hosted).write(proven, order.patch());
    PngPictures.write(order.sheet(), EditSheet.of(order, first, after).draw(), "");
    return new Result(
        written.file(), written.id(), Optional.of(new Report(first, after, order.sheet())));
  }

  private PatchBinding binding(HostedModel hosted) {
    return new PatchBinding(hosted);
  }

  private PatchDraft edit(StableDiffusion model, EditOrder order, Optional<PictureJudge> judge)
      throws IOException {
    EditContext context =
        new EditContext(
            command,
            judge,
            order.judging().vocabulary(),
            Optional.of(order.checkpoint()),
            order.resume(),
            training);
    try {
      return order
          .authorship()
          .of(order.editor().edit(order.concepts(), order.values(), model, context));
    } finally {
      model.weights().restoreChanged();
    }
  }

  /** Draws with the patch as users will: written, read and put on. */
  private TrialResult afterwards(
      HostedModel hosted, PatchDraft draft, Path file, Trial trial, PictureJudge judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    Path trying = Files.createTempFile(file.toAbsolutePath().getParent(), ".fmn-", ".fmnpatch");
    try {
      binding(hosted).write(draft, trying);
      model.repatch(List.of(new PatchRequest(trying, 1).allow(ILL_CONDITIONED)));
      command.say("drawing and judging the same pictures of after");
      return model.engine().call(() -> trial.run(model, judge));
    } finally {
      model.repatch(List.of());
      Files.deleteIfExists(trying);
    }
  }

  private static List<Manifest.Evidence> evidence(
      Trial trial, TrialResult before, TrialResult after) {
    List<Manifest.Evidence> lines = new ArrayList<>();
    Trial.Size size = trial.size();
    for (int i = 0; i < before.targets().size(); i++) {
      TrialResult.Row was = before.targets().get(i);
      TrialResult.Row is = after.targets().get(i);
      lines.add(
          new Manifest.Evidence(
              trial.prompt(i),
              size.seed(),
              size.steps(),
              METRIC,
              share(was.recognised(), was.seen().size()),
              share(is.recognised(), is.seen().size())));
    }
    if (!before.others().isEmpty()) {
      lines.add(
          new Manifest.Evidence(
              before.others().size() + " other phrases",
              size.seed(),
              size.steps(),
              OTHERS_METRIC,
              before.retention(),
              after.retention()));
    }
    return lines;
  }

  private static double share(int part, int whole) {
    return (double) part / whole;
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
