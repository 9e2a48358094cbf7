package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.NamedEditor;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries candidates in order on the loaded model, measures by images what each does, and keeps the
 * best; the first that leaves nothing to improve ends the search, unless {@link SearchTime} says
 * how long it takes. Without a classifier that knows what is edited, or without time to measure
 * any, the first candidate is taken, and that is said. For the engine thread; the model is as
 * before between two candidates and at the end.
 */
public abstract class AutoEditor extends NamedEditor {
  private static final String STAGE = "trying methods";

  /**
   * What is tried and how it is measured.
   *
   * @param candidates in order, at least one
   * @param evaluation run on the base and after each candidate
   * @param evidence what speaks for the first candidate where nothing is measured, in a line
   */
  public record Search(
      List<Candidate> candidates, Evaluation evaluation, Optional<String> evidence) {
    /** Copies the list. */
    public Search {
      candidates = List.copyOf(candidates);
    }

    /** Without evidence. */
    public Search(List<Candidate> candidates, Evaluation evaluation) {
      this(candidates, evaluation, Optional.empty());
    }

    private Candidate first() {
      return candidates.get(0);
    }
  }

  /**
   * What candidates are measured with.
   *
   * @param concepts what is edited
   * @param values of the choice
   * @param evaluation of the base and of each candidate
   * @param judge says what images show
   * @param model with the base's weights
   * @param context who started it
   */
  public record Trial(
      List<Concept> concepts,
      Settings values,
      Evaluation evaluation,
      ImageClassifier judge,
      DiffusionModel model,
      JobContext context) {
    /** Copies the list. */
    public Trial {
      concepts = List.copyOf(concepts);
    }
  }

  /** The editor {@code auto} of an operation; see {@link NamedEditor}. */
  protected AutoEditor(Operation operation, String summary) {
    super(operation, "auto", summary);
  }

  /**
   * Says what is tried.
   *
   * @throws IllegalArgumentException if the settings do not fit; the message says what to do
   */
  protected abstract Search search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException;

  /** The same for an estimate, which draws as little as it can. */
  protected Search searchForEstimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    return search(concepts, values, model, context);
  }

  /** Whether a candidate leaves nothing to improve. */
  protected abstract boolean settles(MeasuredCandidate candidate);

  /** The best comes first. */
  protected abstract Comparator<MeasuredCandidate> best();

  /**
   * What is chosen of the measured candidates, at least one: the {@link #best}. A subclass may
   * measure more, and other candidates.
   */
  protected MeasuredCandidate choose(List<MeasuredCandidate> measured, Trial trial)
      throws IOException {
    return measured.stream().min(best()).orElseThrow();
  }

  /** Those that are looked at again by all images, where few settle nothing: the two best. */
  protected List<MeasuredCandidate> contenders(List<MeasuredCandidate> measured) {
    return measured.stream().sorted(best()).limit(2).toList();
  }

  /** The images by which each candidate is looked at first; all, where a subclass says nothing. */
  protected Evaluation first(Evaluation all) {
    return all;
  }

  /**
   * The judge by which candidates are measured and measure themselves: that of the job, where a
   * subclass says nothing.
   *
   * @throws IOException if kept images cannot be read or written
   */
  protected ImageClassifier choosing(
      ImageClassifier judge, Evaluation evaluation, DiffusionModel model, JobContext context)
      throws IOException {
    return judge;
  }

  /**
   * Whether more images could hardly change which of two is better: the Wilson intervals of what is
   * left of the worst concept are apart.
   *
   * @param first the better one by {@link #best}
   */
  private static boolean isDecided(MeasuredCandidate first, MeasuredCandidate second) {
    return first.after().worst().wilson().high() < second.after().worst().wilson().low();
  }

  /** How long the search may take: what {@link SearchTime#setting} says, where it is declared. */
  protected Duration time(Settings values) {
    return SearchTime.of(values).limit();
  }

  /** The same, from now on. */
  protected SearchTime searchTime(Settings values) {
    return SearchTime.of(time(values));
  }

  /** What candidates report to: nothing of quick ones is shown. */
  protected JobContext contextOfCandidates(JobContext context) {
    return JobContext.silent(context);
  }

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    SearchTime time = searchTime(values);
    Search search = search(concepts, values, model, context);
    Optional<ImageClassifier> judge = context.judge().filter(search.evaluation()::canBeJudgedBy);
    if (judge.isEmpty()) {
      String why = "no classifier for these images, so methods were not compared";
      return unmeasured(why, search.first(), search.evidence(), concepts, model, context);
    }
    ImageClassifier choosing = choosing(judge.get(), search.evaluation(), model, context);
    JobContext judged = new JudgedBy(context, choosing);
    List<MeasuredCandidate> measured = measure(search, concepts, time, choosing, model, judged);
    if (measured.isEmpty()) {
      String why =
          "the time was over before images of a method were judged; no method was compared";
      return unmeasured(why, search.first(), search.evidence(), concepts, model, context);
    }
    Trial trial = new Trial(concepts, values, search.evaluation(), choosing, model, judged);
    MeasuredCandidate best = choose(measured, trial);
    context.say("chosen, by these images: " + best);
    String among = String.join(" | ", measured.stream().map(Object::toString).toList());
    return chosen(best.candidate(), best.draft(), among, context);
  }

  /** What a candidate makes without any image of it, and what speaks for it. */
  private static PatchDraft unmeasured(
      String why,
      Candidate candidate,
      Optional<String> evidence,
      List<Concept> concepts,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    context.say(
        Message.of("%s: using %s, %s", why, candidate, evidence.orElse("the first candidate")));
    PatchDraft draft = candidate.editor().edit(concepts, candidate.values(), model, context);
    String among = evidence.map(line -> "unmeasured; " + line).orElse("unmeasured");
    return chosen(candidate, draft, among, context);
  }

  /** The draft with how it was chosen; the candidate's goals take the place of later ones'. */
  private static PatchDraft chosen(
      Candidate candidate, PatchDraft draft, String among, JobContext context) {
    candidate.goals().forEach(context::goal);
    return draft.recipe(draft.recipe().with(Map.of("chosen-by", "auto", "chosen-among", among)));
  }

  /**
   * Those that count for the choice. Few images settle what is clear; where they settle nothing and
   * do not tell the two best apart, these are looked at again by all images.
   */
  private List<MeasuredCandidate> measure(
      Search search,
      List<Concept> concepts,
      SearchTime time,
      ImageClassifier judge,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    Evaluation all = search.evaluation();
    Evaluation few = first(all);
    List<MeasuredCandidate> measured =
        tried(search.candidates(), few, concepts, time, judge, model, context);
    boolean settled = measured.stream().anyMatch(this::settles);
    if (settled || measured.size() < 2 || few.images() == all.images() || time.isOver()) {
      return measured;
    }
    List<MeasuredCandidate> contenders = contenders(measured);
    if (isDecided(contenders.get(0), contenders.get(1))) {
      context.say("more images of each would not change the choice");
      return measured;
    }
    context.say(
        Message.of(
            "%s images of each settle nothing: the two best are compared by %s",
            few.images(), all.images()));
    EvaluationResult before = all.runUntouched(model, judge, context);
    List<MeasuredCandidate> two = new ArrayList<>();
    for (MeasuredCandidate one : contenders) {
      context.checkCancelled();
      two.add(measured(one.candidate(), one.draft(), before, all, judge, model));
      context.say("looked again at " + two.get(two.size() - 1));
    }
    return two;
  }

  private static MeasuredCandidate measured(
      Candidate candidate,
      PatchDraft draft,
      EvaluationResult before,
      Evaluation evaluation,
      ImageClassifier judge,
      DiffusionModel model)
      throws IOException {
    EvaluationResult after =
        AppliedEdits.during(draft.edits(), model, () -> evaluation.run(model, judge));
    return MeasuredCandidate.of(candidate, draft, before, after, judge);
  }

  /** All candidates up to the first that settles, or while there is time; maybe none then. */
  private List<MeasuredCandidate> tried(
      List<Candidate> candidates,
      Evaluation evaluation,
      List<Concept> concepts,
      SearchTime time,
      ImageClassifier judge,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    List<MeasuredCandidate> measured = new ArrayList<>();
    if (time.isOver()) {
      return measured;
    }
    EvaluationResult before = evaluation.runUntouched(model, judge, context);
    context.progress(STAGE, 1, candidates.size() + 1L);
    List<OwnState> own = new ArrayList<>();
    for (int i = 1; i <= candidates.size(); i++) {
      own.add(new OwnState(contextOfCandidates(context), i));
      own.get(i - 1).begin();
    }
    boolean settled = false;
    for (int i = 0; i < candidates.size() && !(settled && !time.isLimited()); i++) {
      context.checkCancelled();
      if (time.isOver()) {
        context.say(
            Message.of(
                "the time is over: %s of %s methods were measured, and these decide",
                measured.size(), candidates.size()));
        return measured;
      }
      Candidate candidate = candidates.get(i);
      Optional<PatchDraft> draft = candidate.draft(concepts, model, context, own.get(i));
      if (draft.isPresent()) {
        MeasuredCandidate last = measured(candidate, draft.get(), before, evaluation, judge, model);
        measured.add(last);
        settled |= settles(last);
        context.say("tried " + last);
      }
      context.progress(STAGE, 1L + measured.size(), candidates.size() + 1L);
    }
    context.progress(STAGE, candidates.size() + 1L, candidates.size() + 1L);
    if (measured.isEmpty()) {
      throw new IllegalArgumentException(
          "none of the methods that auto tries works here, as said above; name another one by"
              + " --method");
    }
    return measured;
  }

  @Override
  public final Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Search search = searchForEstimate(concepts, values, model, context);
    Candidate first = search.first();
    return first
        .editor()
        .estimate(concepts, first.values(), model, context)
        .map(estimate -> withTrials(estimate, search, model, context));
  }

  private EditEstimate withTrials(
      EditEstimate estimate, Search search, DiffusionModel model, JobContext context) {
    int count = search.candidates().size();
    List<String> lines = new ArrayList<>();
    lines.add("the first of " + count + " methods that would be tried: " + search.first());
    lines.addAll(estimate.lines());
    Optional<ImageClassifier> judge = context.judge().filter(search.evaluation()::canBeJudgedBy);
    if (judge.isEmpty()) {
      search.evidence().ifPresent(line -> lines.add(1, "no judge for these images: " + line));
      return new EditEstimate(estimate.time(), estimate.peakBytes(), lines);
    }
    Evaluation few = search.evaluation().few();
    long begin = System.nanoTime();
    EvaluationResult unused = few.run(model, judge.get());
    long drawing = (System.nanoTime() - begin) / few.images() * search.evaluation().images();
    return new EditEstimate(
        estimate.time().plusNanos(drawing).multipliedBy(count + 1L), estimate.peakBytes(), lines);
  }
}
