package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a patch says of a correction's images.
 *
 * @param size seed and steps of the images
 */
record CorrectionEvidence(CorrectionTrial.Size size) {
  private static final String SHOWN = "recognised-as:";
  private static final String SIMILAR = "similarity-to:";

  List<Manifest.Evidence> of(CorrectionResult before, CorrectionResult after) {
    List<Manifest.Evidence> lines = new ArrayList<>();
    for (int i = 0; i < before.goals().size(); i++) {
      ofGoal(before.goals().get(i), after.goals().get(i), lines);
    }
    if (!before.others().isEmpty()) {
      lines.add(
          line(
              before.others().size() + " other phrases",
              ForgettingReport.OTHERS_METRIC,
              before.retainAccuracy(),
              after.retainAccuracy()));
    }
    return lines;
  }

  private void ofGoal(GoalResult before, GoalResult after, List<Manifest.Evidence> lines) {
    String prompt = CorrectionTrial.prompt(before.goal().concept());
    for (String phrase : ShownPhrases.of(before, after)) {
      lines.add(line(prompt, SHOWN + phrase, before.share(phrase), after.share(phrase)));
    }
    for (int i = 0; i < before.similarities().size(); i++) {
      lines.add(
          line(
              prompt,
              SIMILAR + before.goal().without().get(i),
              before.similarities().get(i),
              after.similarities().get(i)));
    }
    for (int i = 0; i < before.named().size(); i++) {
      EvaluationResult.Row was = before.named().get(i);
      lines.add(
          line(
              CorrectionTrial.prompt(before.goal(), was.phrase()),
              ForgettingReport.METRIC,
              was.share(),
              after.named().get(i).share()));
    }
  }

  private Manifest.Evidence line(String prompt, String metric, double before, double after) {
    return new Manifest.Evidence(prompt, size.seed(), size.steps(), metric, before, after);
  }
}
