package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.Evaluator.Needs;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.judge.CalibrationSet;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What is to be measured, from needs to numbers: the images of all evaluators, each set once, their
 * plan, their drawing, and the measuring.
 */
public final class EvaluationRun {
  /** Images of which the time says how long others take. */
  private static final int WORTH_REMEMBERING = 16;

  private final EvaluationTask task;
  private final TestedModel model;
  private final ImageStore store;
  private final Map<Evaluator, Needs> needs = new LinkedHashMap<>();
  private final List<ImageSet> sets;
  private final List<ImageSet> calibration;

  /**
   * A run.
   *
   * @param judged which concepts the judges are set by
   * @param evaluators in the order of the report
   * @throws IllegalArgumentException if two evaluators name different sets alike
   */
  public EvaluationRun(
      Calibration judged, List<Evaluator> evaluators, TestedModel model, ImageStore store) {
    task = judged.task();
    this.model = model;
    this.store = store;
    Map<String, ImageSet> byId = new LinkedHashMap<>();
    for (Evaluator evaluator : evaluators) {
      Needs asked = evaluator.needs(task);
      needs.put(evaluator, asked);
      for (ImageSet set : asked.images()) {
        ImageSet known = byId.putIfAbsent(set.id(), set);
        if (known != null && !known.equals(set)) {
          throw new IllegalArgumentException(
              Message.of(
                  "the evaluator '%s' names an image set %s that another has with other images: one of them needs another name",
                  evaluator.name(), set.id()));
        }
      }
    }
    sets = List.copyOf(byId.values());
    calibration = judged.sets(sets);
  }

  /** The images by which judges are set. */
  List<CalibrationSet> calibration() {
    return calibration.stream()
        .map(
            set ->
                new CalibrationSet(
                    set.shots().get(0).label(),
                    set.shots().get(0).kind(),
                    units(set, ModelState.ORIGINAL).stream().map(ImageUnit::key).toList()))
        .toList();
  }

  /** The labels that the judges are set by, in the order of the vocabulary. */
  public List<String> calibrated() {
    return calibration.stream().map(set -> set.shots().get(0).label()).toList();
  }

  List<ImageSet> sets() {
    return sets;
  }

  EvaluationTask task() {
    return task;
  }

  /**
   * What evaluators measure with, once all images are drawn.
   *
   * @param towers stay open and the caller's
   * @throws IOException if images cannot be read
   */
  public StoredAccess access(Judges.Towers towers) throws IOException {
    return new StoredAccess(this, model, store, towers);
  }

  /**
   * The images of all sets with what the judges say of them.
   *
   * @param access to images that are drawn, after {@link #measure}
   */
  public List<DrawnSet> drawn(StoredAccess access) throws IOException {
    List<DrawnSet> drawn = new ArrayList<>();
    List<ImageSet> all = new ArrayList<>(sets);
    all.addAll(access.beside());
    for (ImageSet set : all) {
      List<JudgedUnit> original = judged(access, set, ModelState.ORIGINAL);
      List<JudgedUnit> patched =
          set.originalOnly() ? List.of() : judged(access, set, ModelState.PATCHED);
      List<DrawnShot> shots = new ArrayList<>();
      for (int i = 0; i < original.size(); i++) {
        shots.add(
            new DrawnShot(
                set.shots().get(i),
                original.get(i),
                set.originalOnly() ? Optional.empty() : Optional.of(patched.get(i))));
      }
      drawn.add(new DrawnSet(set.id(), set.title(), shots));
    }
    return drawn;
  }

  private static List<JudgedUnit> judged(StoredAccess access, ImageSet set, ModelState state)
      throws IOException {
    List<String> keys = access.keys(set, state);
    List<Map<String, JudgedImage>> answers = new ArrayList<>();
    keys.forEach(key -> answers.add(new TreeMap<>()));
    for (String judge : access.judges()) {
      List<JudgedImage> said = access.answers(judge, set, state);
      for (int i = 0; i < said.size(); i++) {
        answers.get(i).put(judge, said.get(i));
      }
    }
    return IntStream.range(0, keys.size())
        .mapToObj(i -> new JudgedUnit(keys.get(i), answers.get(i)))
        .toList();
  }

  /** The work units of a set, in the order of its shots. */
  public List<ImageUnit> units(ImageSet set, ModelState state) {
    return units().of(set, state);
  }

  private TaskUnits units() {
    return new TaskUnits(model, task.settings());
  }

  /**
   * All images.
   *
   * @param about what else decides the evaluation, by name
   */
  public Plan plan(Map<String, String> about) {
    List<ImageUnit> all = new ArrayList<>(units().of(calibration));
    all.addAll(units().of(sets));
    return new Plan(about, all);
  }

  /**
   * What units of the plan take; a speed that is not known is measured, which takes seconds.
   *
   * @param part whether evaluators do not measure here
   */
  public PlanCost cost(List<ImageUnit> units, boolean part) throws IOException {
    Set<ImageUnit> ofJudges = Set.copyOf(units().of(calibration));
    List<ImageUnit> calibrating = units.stream().filter(ofJudges::contains).toList();
    int stored = stored(units);
    long beside = needs.values().stream().mapToLong(Needs::unetEvaluations).sum();
    return PlanCost.of(
        units.size(),
        stored,
        task.settings(),
        part ? 0 : beside,
        Speed.of(model, task.settings(), store.speeds()),
        new PlanCost.Calibrating(
            calibration.size(), calibrating.size(), calibrating.size() - stored(calibrating)));
  }

  private int stored(List<ImageUnit> units) throws IOException {
    int stored = 0;
    for (ImageUnit unit : units) {
      stored += store.find(unit.key()).isPresent() ? 1 : 0;
    }
    return stored;
  }

  /**
   * Draws what the store does not have.
   *
   * @param units of the plan, in its order
   * @return how many were drawn
   * @throws java.util.concurrent.CancellationException if the user stopped; what is drawn is kept
   */
  public int draw(List<ImageUnit> units, JobContext context) throws IOException {
    long start = System.nanoTime();
    int drawn = new Drawing(model, store, context).draw(units);
    if (drawn >= WORTH_REMEMBERING) {
      double seconds = (System.nanoTime() - start) / 1e9 / drawn;
      new Speed(seconds, true).remember(model, task.settings(), store.speeds());
    }
    return drawn;
  }

  /**
   * Lets each evaluator measure.
   *
   * @param access to images that are drawn
   */
  public List<Part> measure(StoredAccess access, JobContext context) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (Map.Entry<Evaluator, Needs> entry : needs.entrySet()) {
      context.checkCancelled();
      Evaluator evaluator = entry.getKey();
      context.progress("measuring " + evaluator.name(), 0, 1);
      List<Measurement> measured = evaluator.measure(task, access, context);
      List<NotTested> notTested = new ArrayList<>(entry.getValue().notTested());
      notTested.addAll(access.takeNotTested());
      parts.add(
          new Part(
              evaluator.name(),
              evaluator.summary(),
              measured,
              notTested,
              entry.getValue().unetEvaluations()));
      context.progress("measuring " + evaluator.name(), 1, 1);
    }
    return parts;
  }

  /**
   * Whether the original's images are drawn again bit for bit after the patches were on the model.
   *
   * @param plan whose first images of the original are drawn once more
   */
  public boolean restored(Plan plan) throws IOException {
    ImageUnit.Model original = model.identity(ModelState.ORIGINAL);
    List<ImageUnit> units =
        plan.units().stream().filter(unit -> unit.model().equals(original)).toList();
    model.compute(ModelState.PATCHED, patched -> true);
    return new Drawing(model, store, JobContext.NONE).repeats(units);
  }
}
