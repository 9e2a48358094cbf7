package dev.forgetmenot.host.evaluate;

import com.google.gson.Gson;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.report.AttackFiles;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.run.BenchTask;
import dev.forgetmenot.evaluation.run.Calibration;
import dev.forgetmenot.evaluation.run.EvaluationPart;
import dev.forgetmenot.evaluation.run.EvaluationRun;
import dev.forgetmenot.evaluation.run.PartMerge;
import dev.forgetmenot.evaluation.run.PlanCost;
import dev.forgetmenot.evaluation.run.StoredAccess;
import dev.forgetmenot.evaluation.statement.FoundStatement;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An evaluation with a loaded model: plans, draws what the store lacks, measures and writes the
 * report. One model and one engine do all of it. For one thread.
 */
public final class EvaluationJob implements AutoCloseable {
  /** The evaluator that runs attacks. */
  public static final String ATTACKS = "attacks";

  private static final long REPORT_BYTES = 64L << 20;

  private final EvaluationRequest request;
  private final NamedModel hosted;
  private final JobContext context;
  private final KnownConcepts vocabulary;
  private final EvaluationTask task;
  private final HostedModel model;
  private final Judges.Towers towers;
  private final Optional<FolderSafety> safety;
  private final Calibration calibration;
  private final ImageStore store;
  private final EvaluationRun run;
  private final Plan plan;

  /**
   * Checks that list, model and judges belong together, and plans.
   *
   * @param loader that the model was loaded by
   * @param hosted a model without patches; stays open as long as this
   * @throws IllegalArgumentException if the list is for another base, or names what the vocabulary
   *     does not have
   * @throws IOException if the model or the judge cannot be read
   */
  public EvaluationJob(
      EvaluationRequest request, ModelLoader loader, NamedModel hosted, JobContext context)
      throws IOException {
    this.request = request;
    this.hosted = hosted;
    this.context = context;
    StableDiffusion sd = hosted.model();
    vocabulary = request.vocabulary();
    Bench bench = request.bench().sized(sd.imageSize());
    ListFit.check(bench, sd, vocabulary);
    BenchTask asked = new BenchTask(bench, request.targets(), vocabulary, request.seeds());
    task =
        asked
            .task(sd.sampler(BenchTask.settings(bench.model())).name())
            .attacked(request.attacks());
    calibration = asked.calibration(task);
    model = new HostedModel(loader, sd, request.patches());
    store = new ImageStore(request.store());
    request.judging().embedderNote().ifPresent(context::say);
    ClipFiles files = request.judging().embedder();
    Optional<ClipFiles> extra = extra();
    requireJudge(files, extra);
    run = new EvaluationRun(calibration, request.evaluators(), model, store);
    ImageEmbedder embedder = ClipEmbedder.open(files, sd.engine());
    towers =
        new Judges.Towers(
            embedder,
            request.bench().judge().prototypes(),
            extra.isPresent()
                ? Optional.of(ClipEmbedder.open(extra.get(), sd.engine()))
                : Optional.empty());
    Optional<ImageEmbedder> shared =
        Optional.of(embedder).filter(one -> files.kind() == ClipFiles.Kind.SAFETY_CHECKER);
    safety =
        request
            .judging()
            .safetyChecker()
            .map(checker -> new FolderSafety(checker, sd.engine(), shared));
    plan = run.plan(about());
  }

  private Optional<ClipFiles> extra() {
    return request.bench().judge().extraClip().map(listed -> ClipFiles.model(listed.path()));
  }

  /** Said before anything is drawn. */
  private void requireJudge(ClipFiles files, Optional<ClipFiles> extra) {
    boolean reads = files.kind() == ClipFiles.Kind.MODEL || extra.isPresent();
    if (!request.bench().judge().prototypes() && !reads) {
      throw new IllegalArgumentException(
          Message.of(
              "the list %s says second: none, and %s/ of the model reads no texts, so that nothing judges: say second: prototypes, or name a CLIP by --clip",
              request.bench().name(), files.folder().getFileName()));
    }
  }

  private String vocabularyDigest() {
    return Sha256.hex(CanonicalJson.bytes(new Gson().toJsonTree(vocabulary)));
  }

  private Map<String, String> about() {
    Map<String, String> about = new TreeMap<>();
    about.put("list", request.bench().name() + " " + request.bench().sha256());
    about.put("targets", names(request.targets().concepts(), BenchConcept::name));
    about.put("evaluators", names(request.evaluators(), Evaluator::name));
    if (attacked()) {
      about.put(
          "attacks",
          task.attacks().budget().word() + ": " + names(task.attacks().all(), Attack::name));
    }
    about.put("vocabulary", vocabularyDigest());
    ImageEmbedder embedder = towers.embedder();
    about.put(
        "judge",
        Message.of(
            "%s %s%s%s",
            embedder.label(),
            embedder.digest(),
            towers.prototypes() ? "" : ", no prototypes",
            towers.extra().map(one -> ", " + one.label() + " " + one.digest()).orElse("")));
    return about;
  }

  private boolean attacked() {
    return request.evaluators().stream().anyMatch(one -> one.name().equals(ATTACKS))
        && !task.attacks().all().isEmpty();
  }

  private static <T> String names(List<T> all, Function<T, String> name) {
    return all.stream().map(name).collect(Collectors.joining(", "));
  }

  /** The plan of the whole evaluation. */
  public Plan plan() {
    return plan;
  }

  /**
   * Says what units of the plan take, and tries the folders.
   *
   * @param units all, or those of a part
   * @param part whether these images are all that is made
   * @param folder where they are kept
   * @throws IOException if a folder cannot be written to or a disk is too full
   */
  public void sayPlan(List<ImageUnit> units, boolean part, Path folder, String option)
      throws IOException {
    PlanCost cost = run.cost(units, part);
    OutputFolder disk = OutputFolder.prepare(folder, cost.bytes(), option);
    MemoryNeed memory = memory();
    MemoryFacts facts = MemoryFacts.read();
    memory.check(
        facts,
        memory.training() > 0
            ? "name attacks that train no weights by --attack, or take a smaller model"
            : "take a smaller model, or --weight-dtype half");
    PlanText.lines(
            request.targets(),
            request.evaluators().stream().map(Evaluator::name).toList(),
            cost,
            task.settings(),
            folder.toString(),
            disk.free())
        .forEach(context::say);
    if (attacked()) {
      AttackPlanText.lines(task, cost.speed()).forEach(context::say);
    }
    context.say("memory: " + memory.line(facts));
  }

  private MemoryNeed memory() throws IOException {
    Optional<ClipFiles> extra = extra();
    long judge = request.judging().towerBytes() + (extra.isPresent() ? extra.get().bytes() : 0);
    long pixels =
        (long) task.settings().width().orElseThrow() * task.settings().height().orElseThrow();
    boolean trained = attacked() && task.attacks().all().stream().anyMatch(Attack::trainsWeights);
    return MemoryModel.of(hosted.model()).evaluation(trained, judge, pixels);
  }

  /**
   * Draws all images and measures.
   *
   * @param folder where the report goes
   */
  public EvaluationReport evaluate(Path folder) throws IOException {
    OutputFolder.prepare(folder, REPORT_BYTES);
    plan.write(folder.resolve(EvaluationPart.PLAN));
    sayPlan(plan.units(), false, request.store(), "--store");
    draw(run, plan.units(), request.store());
    return report(folder);
  }

  private void draw(EvaluationRun with, List<ImageUnit> units, Path kept) throws IOException {
    try {
      with.draw(units, context);
    } catch (CancellationException e) {
      context.say(Message.of("what was drawn is kept in %s; the same command goes on", kept));
      throw e;
    }
  }

  /** Draws the images of a part into its folder; those that the store has are taken from there. */
  public void draw(EvaluationPart part) throws IOException {
    OutputFolder.prepare(part.folder(), 0);
    part.write();
    part.store().take(store, part.units());
    EvaluationRun own = new EvaluationRun(calibration, request.evaluators(), model, part.store());
    sayPlan(part.units(), true, part.folder(), "-o");
    draw(own, part.units(), part.folder());
  }

  /** Joins parts and measures. */
  public EvaluationReport merge(PartMerge parts, Path folder) throws IOException {
    parts.requirePlanned(plan);
    OutputFolder.prepare(folder, REPORT_BYTES);
    OutputFolder.prepare(request.store(), 0, "--store");
    parts.into(store);
    plan.write(folder.resolve(EvaluationPart.PLAN));
    return report(folder);
  }

  private EvaluationReport report(Path folder) throws IOException {
    StoredAccess access = run.access(towers);
    safety.ifPresent(access::checkedBy);
    List<EvaluationReport.Part> parts = run.measure(access, context);
    EvaluationReport report =
        new EvaluationReport(
            new EvaluationReport.BenchSource(
                request.bench().name(),
                request.bench().version(),
                request.bench().sha256(),
                attacked() ? task.attacks().budget().word() : "none"),
            new EvaluationReport.Base(
                model.identity(ModelState.ORIGINAL).base(), hosted.model().base().label()),
            patches(),
            new EvaluationReport.Tool(
                HostVersions.read().program(), model.identity(ModelState.ORIGINAL).numerics()),
            plan.hash(),
            drawing(),
            task.targets().stream()
                .map(one -> new EvaluationReport.Target(one.name(), one.phrase(), one.labels()))
                .toList(),
            new ReportedJudges(access.judging(), towers, task).of(run.calibrated()),
            parts,
            run.drawn(access),
            request.patches().requests().isEmpty()
                ? Optional.empty()
                : Optional.of(run.restored(plan)),
            request.command());
    AttackFiles.copy(folder, report, request.store());
    ReportWriter.write(folder, report, store::image, stated());
    return report;
  }

  /** What lies beside the one patch that is evaluated; of a patch among others it says nothing. */
  private List<String> stated() throws IOException {
    if (request.patches().requests().size() != 1) {
      return List.of();
    }
    PatchRequest patch = request.patches().requests().get(0);
    return FoundStatement.beside(patch.file(), patch.open().orElseThrow().id(), List.of()).stream()
        .flatMap(found -> found.line().stream())
        .toList();
  }

  private List<EvaluationReport.TestedPatch> patches() {
    return request.patches().requests().stream()
        .map(
            patch ->
                new EvaluationReport.TestedPatch(
                    patch.open().orElseThrow().id(),
                    patch.open().orElseThrow().manifest().name(),
                    patch.strength(),
                    EvaluationReport.PatchTraining.of(
                        patch.open().orElseThrow().manifest().recipe())))
        .sorted(Comparator.comparing(EvaluationReport.TestedPatch::id))
        .toList();
  }

  private EvaluationReport.Drawing drawing() {
    var settings = task.settings();
    return new EvaluationReport.Drawing(
        settings.sampler().orElseThrow(),
        settings.steps(),
        settings.guidance(),
        settings.width().orElseThrow(),
        settings.height().orElseThrow(),
        settings.negativePrompt());
  }

  @Override
  public void close() {
    safety.ifPresent(FolderSafety::close);
    towers.extra().ifPresent(ImageEmbedder::close);
    towers.embedder().close();
  }
}
