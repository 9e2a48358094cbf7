package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.AutoEditor.Trial;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.solve.ReceEditor;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import dev.forgetmenot.plugin.forget.AttentionResteering;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A choice that looks at recovery: beside what was chosen, projectors on the subspace of several
 * ways to name a concept, each asked by a short concept inversion. Of those that forget, the one of
 * which least comes back is taken. For the engine thread.
 *
 * @param trial what candidates are measured with
 * @param test how recovery is measured
 */
record RobustChoice(Trial trial, Recovery test) {
  /** The bare name, the usual prompt, a prefix, another way to say it, and a long prompt. */
  private static final List<String> THINGS =
      List.of(
          "{}",
          "a photo of {}",
          "very good: {}",
          "a close-up photo of {}",
          "a detailed image that shows {} in the middle, on a plain background");

  private static final List<String> STYLES =
      List.of(
          "{} style",
          "a photo in the style of {}",
          "very good: {} style",
          "an image as {} would show it",
          "a detailed image of a thing on a plain background, all of it in the style of {}");

  /** Directions of each concept; the screen of the search goes up to 3. */
  private static final List<Integer> RANKS = List.of(4, 8);

  /** Of images of a concept that may still be recognised by one that forgets. */
  private static final double LEFT = 1.0 / 16;

  /** The method of an optional plugin, as a candidate of this one. */
  private static final class Rounds extends ReceEditor {}

  /** A candidate and how many images of the inversion show the concept. */
  record Asked(MeasuredCandidate measured, Count recovered) {}

  /**
   * The candidate of which least comes back.
   *
   * @param plain what is chosen without a look at recovery
   * @param best decides where as much comes back
   */
  MeasuredCandidate of(MeasuredCandidate plain, Comparator<MeasuredCandidate> best)
      throws IOException {
    EvaluationResult before =
        trial.evaluation().runUntouched(trial.model(), trial.judge(), trial.context());
    trial.context().say("recovery, untouched: " + test.line(test.untouched(before, trial.model())));
    List<Asked> asked =
        new ArrayList<>(List.of(asked(measured(plain.candidate(), plain.draft(), before))));
    ConceptType kind = trial.concepts().get(0).kind();
    List<Candidate> candidates = new ArrayList<>(harder(plain.candidate().settings(), kind));
    candidates.add(trained());
    for (Candidate candidate : candidates) {
      trial.context().checkCancelled();
      Optional<PatchDraft> draft =
          candidate.draft(
              trial.concepts(), trial.model(), trial.context(), JobContext.silent(trial.context()));
      if (draft.isPresent()) {
        MeasuredCandidate one = measured(candidate, draft.get(), before);
        if (one.after().worstLeft() <= LEFT) {
          asked.add(asked(one));
        }
      }
    }
    return least(asked, best);
  }

  static MeasuredCandidate least(List<Asked> asked, Comparator<MeasuredCandidate> best) {
    return asked.stream()
        .min(
            Comparator.comparingDouble((Asked one) -> one.recovered().rate())
                .thenComparing(Asked::measured, best))
        .orElseThrow()
        .measured();
  }

  private Asked asked(MeasuredCandidate candidate) throws IOException {
    Count recovered = test.patched(candidate.draft(), candidate.before(), trial.model());
    trial.context().say(Message.of("recovery, %s; %s", candidate, test.line(recovered)));
    return new Asked(candidate, recovered);
  }

  private MeasuredCandidate measured(Candidate candidate, PatchDraft draft, EvaluationResult before)
      throws IOException {
    EvaluationResult after =
        AppliedEdits.during(
            draft.edits(),
            trial.model(),
            () -> trial.evaluation().run(trial.model(), trial.judge()));
    return new MeasuredCandidate(candidate, draft, before, after);
  }

  /**
   * Projectors on all ways to name a concept, of which no text embedding brings back exactly what
   * they take away, and the closed form with rounds against what undoes it.
   *
   * @param plain settings of another candidate, of which those of what concepts become and what is
   *     kept count
   */
  static List<Candidate> harder(Map<String, String> plain, ConceptType kind) {
    Map<String, String> settings = new HashMap<>(plain);
    settings.keySet().retainAll(List.of("guide", "redirect", "keep", "may-change"));
    settings.put("template", Settings.joined(kind == ConceptType.STYLE ? STYLES : THINGS));
    settings.put("general-text", "prompts");
    settings.put("neighbours", "6");
    List<Candidate> candidates = new ArrayList<>();
    for (int rank : RANKS) {
      Map<String, String> more = new HashMap<>(settings);
      more.put("rank", Integer.toString(rank));
      candidates.add(new Candidate(new ObliqueEraser(), more));
    }
    Map<String, String> closed = new HashMap<>(plain);
    closed.keySet().retainAll(List.of("guide", "redirect"));
    closed.put("rounds", "3");
    candidates.add(new Candidate(new Rounds(), closed));
    return candidates;
  }

  /** Re-steering against what brings the concept back; it trains, and what it becomes is open. */
  private static Candidate trained() {
    return new Candidate(new AttentionResteering(), Map.of(AttentionResteering.ROUNDS, "2"));
  }
}
