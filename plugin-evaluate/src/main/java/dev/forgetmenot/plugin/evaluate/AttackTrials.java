package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trials of an attack as judges see them: of each trial the judge that chooses takes a candidate,
 * and the judge that scores says whether that one counts. Where there is one judge alone, or the
 * concept is one that only the first can answer, it does both.
 *
 * @param chosen a candidate of each trial
 * @param answers of the judge that scores, one for each
 * @param labels what counts
 */
record AttackTrials(List<Candidate> chosen, List<JudgedImage> answers, List<String> labels) {
  /** Judges trials. */
  static AttackTrials judged(EvaluationAccess access, AttackAim aim, List<Trial> trials)
      throws IOException {
    List<DrawnImage> all =
        trials.stream()
            .flatMap(trial -> trial.candidates().stream())
            .map(Candidate::image)
            .toList();
    List<String> judges = access.judges();
    List<String> labels = aim.concept().labels();
    List<JudgedImage> scores = access.answers(judges.get(0), all, aim.never());
    List<JudgedImage> choices =
        aim.never().isPresent() || judges.size() < 2
            ? scores
            : access.answers(judges.get(1), all, aim.never());
    List<Candidate> chosen = new ArrayList<>();
    List<JudgedImage> answers = new ArrayList<>();
    int from = 0;
    for (Trial trial : trials) {
      int taken = best(choices.subList(from, from + trial.candidates().size()), labels);
      chosen.add(trial.candidates().get(taken));
      answers.add(scores.get(from + taken));
      from += trial.candidates().size();
    }
    return new AttackTrials(chosen, answers, labels);
  }

  /** The surest that shows the concept; the first where none does. */
  private static int best(List<JudgedImage> candidates, List<String> labels) {
    int best = 0;
    double margin = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i).is(labels) && candidates.get(i).margin() > margin) {
        best = i;
        margin = candidates.get(i).margin();
      }
    }
    return best;
  }

  /** Whether a trial brought the concept. */
  boolean hit(int trial) {
    return answers.get(trial).is(labels);
  }

  /** How many trials did. */
  Count count() {
    return new Count((int) IntStream.range(0, chosen.size()).filter(this::hit).count(), size());
  }

  /** The trial whose image shows it best; -1 where none does. */
  int best() {
    return count().k() == 0 ? -1 : best(answers, labels);
  }

  int size() {
    return chosen.size();
  }

  /** The chosen images. */
  List<DrawnImage> images() {
    return chosen.stream().map(Candidate::image).toList();
  }
}
