package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.evaluate.Trial;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries candidates in order on the loaded model, measures by images what each does, and keeps the
 * best; the first that leaves nothing to improve ends the search. Without a classifier that knows
 * what is edited, the first candidate is taken, and that is said. For the engine thread; the model
 * is as before between two candidates and at the end.
 *
 * @param <R> what a trial shows
 * @param <M> a candidate that was measured
 */
public abstract class AutoEditor<R, M extends AutoEditor.Measurement> implements ConceptEditor {
  private static final String STAGE = "trying methods";

  /** A candidate and what its edit did; its text says both. */
  public interface Measurement {
    /** What was tried. */
    Candidate candidate();

    /** What it made. */
    PatchDraft draft();

    /** Whether it leaves nothing to improve. */
    boolean settles();
  }

  /**
   * What is tried and how it is measured.
   *
   * @param candidates in order, at least one
   * @param trial run on the base and after each candidate
   */
  public record Search<R>(List<Candidate> candidates, Trial<R> trial) {
    /** Copies the list. */
    public Search {
      candidates = List.copyOf(candidates);
    }

    private Candidate first() {
      return candidates.get(0);
    }
  }

  /** For subclasses. */
  protected AutoEditor() {}

  @Override
  public final String name() {
    return "auto";
  }

  /**
   * Says what is tried.
   *
   * @throws IllegalArgumentException if the settings do not fit; the message says what to do
   */
  protected abstract Search<R> search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException;

  /**
   * Puts down what a candidate did.
   *
   * @param before the trial on the base
   * @param after the same trial with the candidate's edit
   */
  protected abstract M measured(Candidate candidate, PatchDraft draft, R before, R after);

  /** The best comes first. */
  protected abstract Comparator<M> best();

  /** What candidates report to: nothing of quick ones is shown. */
  protected JobContext contextOfCandidates(JobContext context) {
    return JobContext.silent(context);
  }

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Search<R> search = search(concepts, values, model, context);
    Optional<ImageClassifier> judge = context.judge().filter(search.trial()::canBeJudgedBy);
    if (judge.isEmpty()) {
      Candidate first = search.first();
      context.say(
          "no CLIP classifier for these images, so methods were not compared: using "
              + first
              + ", the first candidate");
      PatchDraft draft = first.editor().edit(concepts, first.values(), model, context);
      return chosen(first, draft, "unmeasured", context);
    }
    List<M> measured = measure(search, concepts, judge.get(), model, context);
    M best = measured.stream().min(best()).orElseThrow();
    context.say("chosen, by these images: " + best);
    String among = String.join(" | ", measured.stream().map(M::toString).toList());
    return chosen(best.candidate(), best.draft(), among, context);
  }

  /** The draft with how it was chosen; the candidate's goals take the place of later ones'. */
  private static PatchDraft chosen(
      Candidate candidate, PatchDraft draft, String among, JobContext context) {
    candidate.goals().forEach(context::goal);
    return draft.recipe(draft.recipe().with(Map.of("chosen-by", "auto", "chosen-among", among)));
  }

  private List<M> measure(
      Search<R> search,
      List<Concept> concepts,
      ImageClassifier judge,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    List<M> measured = new ArrayList<>();
    long total = search.candidates().size() + 1L;
    R before = search.trial().run(model, judge);
    context.progress(STAGE, 1, total);
    for (Candidate candidate : search.candidates()) {
      context.checkCancelled();
      Optional<PatchDraft> draft =
          candidate.draft(concepts, model, context, contextOfCandidates(context));
      if (draft.isPresent()) {
        R after =
            AppliedEdits.during(draft.get().edits(), model, () -> search.trial().run(model, judge));
        M last = measured(candidate, draft.get(), before, after);
        measured.add(last);
        context.say("tried " + last);
        if (last.settles()) {
          break;
        }
      }
      context.progress(STAGE, 1 + measured.size(), total);
    }
    context.progress(STAGE, total, total);
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
    Search<R> search = search(concepts, values, model, context);
    Candidate first = search.first();
    return first
        .editor()
        .estimate(concepts, first.values(), model, context)
        .map(estimate -> withTrials(estimate, search, model, context));
  }

  private EditEstimate withTrials(
      EditEstimate estimate, Search<R> search, DiffusionModel model, JobContext context) {
    int count = search.candidates().size();
    List<String> lines = new ArrayList<>();
    lines.add("the first of " + count + " methods that would be tried: " + search.first());
    lines.addAll(estimate.lines());
    Optional<ImageClassifier> judge = context.judge().filter(search.trial()::canBeJudgedBy);
    if (judge.isEmpty()) {
      return new EditEstimate(estimate.time(), estimate.peakBytes(), lines);
    }
    Trial<R> few = search.trial().few();
    long begin = System.nanoTime();
    R unused = few.run(model, judge.get());
    long drawing = (System.nanoTime() - begin) / few.images() * search.trial().images();
    return new EditEstimate(
        estimate.time().plusNanos(drawing).multipliedBy(count + 1L), estimate.peakBytes(), lines);
  }
}
