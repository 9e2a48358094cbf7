package dev.forgetmenot.host.edit;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Forgets or corrects: lets an editor work on a model and writes what it hands back, bound to its
 * base, as a patch. Where the images can be judged, the same images are then drawn before and
 * after, and what they show goes into the patch as evidence. Whatever ends the job leaves the patch
 * or, of a training, a state to go on from. The model is the base's again when the job ends,
 * however it ends.
 *
 * @param command progress and cancellation
 * @param training is called after each training step
 * @param beside images that the caller draws or shows
 * @param second the store of images of the untouched model, and how many a second judge of the
 *     report gets; without it nothing is kept and one judge reports
 */
public record EditJob(
    JobContext command,
    EditContext.TrainingListener training,
    DrawnBeside beside,
    Optional<PrototypeImages> second) {
  /** What may be written at most: a change of all weights of a large UNet would not fit a patch. */
  private static final long LIKELY_BYTES = 64L << 20;

  /** The option of commands that goes on with a state. */
  private static final String RESUME = "--resume";

  /** A job without a listener. */
  public EditJob(JobContext command) {
    this(command, EditContext.TrainingListener.NONE, DrawnBeside.NONE, Optional.empty());
  }

  /** The same with a second judge of its report. */
  public EditJob judgedBy(PrototypeImages images) {
    return new EditJob(command, training, beside, Optional.of(images));
  }

  /**
   * A patch that has been written.
   *
   * @param file the patch
   * @param id its id
   * @param seconds that editing and writing took
   * @param goals what its editor said that it corrects; of a forgetting the general words that it
   *     redirects
   * @param report what changed; empty where it was not measured
   */
  public record Result(
      Path file, String id, double seconds, List<EditGoal> goals, Optional<Report> report) {
    /** Copies the list. */
    public Result {
      goals = List.copyOf(goals);
    }
  }

  /**
   * What was measured.
   *
   * @param lines what it did, for people; the most important last
   * @param files images and tables beside the patch
   * @param judged by the judge that reports
   * @param other the judge by which methods are chosen, where that is another one
   */
  public record Report(
      List<String> lines, List<Path> files, JudgedEdit judged, Optional<JudgedEdit> other) {
    /** Copies the lists. */
    public Report {
      lines = List.copyOf(lines);
      files = List.copyOf(files);
    }
  }

  /**
   * Runs the editor and writes the patch, with a judge of its own.
   *
   * @see #run(NamedModel, EditRequest, Optional)
   */
  public Result run(NamedModel hosted, EditRequest order) throws IOException {
    check(order);
    order.checkPreviews();
    Optional<ImageClassifier> judge = order.judging().open(hosted.model());
    try {
      return checked(hosted, order, judge);
    } finally {
      judge.ifPresent(ImageClassifier::close);
    }
  }

  /**
   * Runs the editor and writes the patch.
   *
   * @param hosted a model without patches
   * @param judge who says what images show, if anyone; stays open
   * @throws IllegalArgumentException if a concept or a value does not fit the model
   * @throws IOException if images cannot be read or the patch cannot be written
   * @throws CancellationException if the user stopped the job; its state is left beside the patch
   *     where the editor keeps one
   */
  public Result run(NamedModel hosted, EditRequest order, Optional<ImageClassifier> judge)
      throws IOException {
    check(order);
    return checked(hosted, order, judge);
  }

  private Result checked(NamedModel hosted, EditRequest order, Optional<ImageClassifier> judge)
      throws IOException {
    if (second.isPresent() && judge.isPresent()) {
      second.get().check();
    }
    new Preflight(order, beside.pixels()).run(hosted).forEach(command::say);
    beside.before();
    Written written = written(hosted.model(), order, judge);
    Result result = written.result();
    try {
      Optional<EvaluationReport> report =
          judge.flatMap(who -> EvaluationReport.of(order, written.goals(), who));
      if (report.isPresent()) {
        result = reported(hosted, order, written, report.get(), judge.orElseThrow());
      } else if (order.report().previews() > 0) {
        command.say("no images of it are in the patch: nothing was drawn that could be judged");
      }
    } catch (IOException | RuntimeException | Error e) {
      command.unfinished(
          "the patch is whole in " + order.patch() + ", but it was not measured", again(order));
      throw e;
    }
    for (Path state : order.states()) {
      Files.delete(state);
    }
    return result;
  }

  /** The option that does the rest: with a state of the training it is not done again. */
  private static String again(EditRequest order) throws IOException {
    return order.states().isEmpty() ? "--overwrite" : RESUME;
  }

  private static void check(EditRequest order) throws IOException {
    OutputFolder.ofFile(order.patch(), LIKELY_BYTES);
    order.checkResumable();
  }

  /** A patch that is written, and what it was made of. */
  private record Written(
      PatchDraft draft, List<EditGoal> goals, WrittenPatch patch, double seconds) {
    Result result() {
      return new Result(patch.file(), patch.id(), seconds, goals, Optional.empty());
    }
  }

  /** Edits and writes: what happens later cannot take the patch away. */
  private Written written(StableDiffusion model, EditRequest order, Optional<ImageClassifier> judge)
      throws IOException {
    Map<String, EditGoal> goals = new LinkedHashMap<>(); // the last of each concept
    long begin = System.nanoTime();
    try {
      PatchDraft draft = model.engine().call(() -> edit(model, order, judge, goals));
      WrittenPatch patch = write(model, draft, order);
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Written(draft, List.copyOf(goals.values()), patch, seconds);
    } catch (IOException | RuntimeException | Error e) {
      List<Path> states = order.states();
      if (!states.isEmpty() && !diverged(e)) {
        command.unfinished("its state is in " + states.get(states.size() - 1), RESUME);
      }
      throw e;
    }
  }

  private static WrittenPatch write(StableDiffusion model, PatchDraft draft, EditRequest order)
      throws IOException {
    try {
      return WrittenPatch.writeUsable(model.base(), draft, order.patch());
    } catch (PatchFormatException e) {
      throw diverged(e) ? diverged(order, draft.recipe(), e) : e;
    }
  }

  /** Going on would end in the same way. */
  private static boolean diverged(Throwable failure) {
    return failure instanceof PatchFormatException e && e.error() == PatchError.NORM_LIMIT;
  }

  /** The edit changes weights so much that its patch would be refused when it is used. */
  private static PatchFormatException diverged(
      EditRequest order, Manifest.Recipe recipe, PatchFormatException refused) {
    String cause =
        recipe.steps() == 0
            ? "the solution is too large. Use weaker settings of the method"
            : "the training diverged. Train with a smaller --learning-rate (it was "
                + recipe.parameters().getOrDefault("learning-rate", "the default")
                + ") or fewer --steps";
    return new PatchFormatException(
        PatchError.NORM_LIMIT,
        order.patch().toString(),
        Message.of(
            "was not written: %s. It %s, and would be refused when it is used",
            cause, refused.why().split(";", 2)[0]));
  }

  /** Draws on the base, which the model is again, and with the patch as users will. */
  private Result reported(
      NamedModel hosted,
      EditRequest order,
      Written written,
      EvaluationReport asked,
      ImageClassifier judge)
      throws IOException {
    StableDiffusion model = hosted.model();
    EvaluationReport report = model.engine().call(() -> asked.withNear(new PromptEncoder(model)));
    Evaluation evaluation = report.evaluation();
    Path file = order.patch();
    command.say("wrote " + file + "; what follows is only measured");
    command.say("drawing and judging " + evaluation.images() + " images of before");
    JobContext keeping = keeping(model);
    EvaluationResult before =
        model.engine().call(() -> evaluation.runUntouched(model, judge, keeping));
    beside.judged("before", before);
    EvaluationResult after;
    try {
      model.repatch(List.of(new PatchRequest(file, 1).allow(ILL_CONDITIONED)));
      command.say("drawing and judging the same images of after");
      after = model.engine().call(() -> evaluation.run(model, judge));
    } finally {
      model.repatch(List.of());
    }
    beside.judged("after", after);
    JudgedEdit first = new JudgedEdit(JudgedEdit.TEXTS, before, after);
    Optional<PrototypeImages.Both> both =
        second.isPresent()
            ? second
                .get()
                .judges(
                    model,
                    evaluation,
                    order.judging().vocabulary(),
                    after.mostlyShown(),
                    judge,
                    command)
            : Optional.empty();
    JudgedEdit judged =
        both.map(two -> first.by(JudgedEdit.PROTOTYPES, evaluation, two.prototypes()))
            .orElse(first);
    Optional<JudgedEdit> other =
        both.map(two -> first.by(JudgedEdit.TEXTS, evaluation, two.texts()));
    WrittenPatch measured =
        WrittenPatch.measured(file, report.evidence(judged), report.previews(judged));
    return new Result(
        file,
        measured.id(),
        written.seconds(),
        written.goals(),
        Optional.of(report.write(written.draft().recipe(), judged, other, judge)));
  }

  private PatchDraft edit(
      StableDiffusion model,
      EditRequest order,
      Optional<ImageClassifier> judge,
      Map<String, EditGoal> goals)
      throws IOException {
    EditContext context =
        new EditContext(
            keeping(model),
            judge,
            order.judging().vocabulary(),
            Optional.of(order.checkpoint()),
            order.resume(),
            training,
            goal -> goals.put(goal.concept().name(), goal));
    Optional<TowerJudging> tower =
        second
            .filter(images -> order.editor().operation() == ConceptEditor.Operation.FORGET)
            .map(images -> new TowerJudging(context, images, model, order));
    JobContext choosing = tower.isPresent() ? tower.get() : context;
    try {
      return order
          .authorship()
          .of(order.editor().edit(order.concepts(), order.values(), model, choosing));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      tower.ifPresent(TowerJudging::close);
      model.weights().restoreChanged();
    }
  }

  /** What is drawn of the model as it is may be there from an earlier command. */
  private JobContext keeping(StableDiffusion model) throws IOException {
    return second.isPresent() ? second.get().untouched(command, model) : command;
  }
}
