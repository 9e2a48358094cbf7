package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a patch says of the images of an evaluation; the metrics' names are part of the format.
 *
 * @param evaluation what was drawn
 */
record ReportEvidence(Evaluation evaluation) {
  /** The metric of a phrase that is recognised as what the prompt named. */
  private static final String RECOGNISED = "recognised-as-target";

  private static final String OTHERS = "others-recognised";
  private static final String SHOWN = "recognised-as:";
  private static final String SIMILAR = "similarity-to:";

  List<Manifest.Evidence> of(EvaluationResult before, EvaluationResult after) {
    List<Manifest.Evidence> lines = new ArrayList<>();
    for (int i = 0; i < before.goals().size(); i++) {
      ofGoal(before.goals().get(i), after.goals().get(i), lines);
    }
    if (!before.others().isEmpty()) {
      lines.add(
          line(
              before.others().size() + " other phrases",
              OTHERS,
              before.retainAccuracy(),
              after.retainAccuracy()));
    }
    return lines;
  }

  private void ofGoal(GoalResult before, GoalResult after, List<Manifest.Evidence> lines) {
    String prompt = evaluation.prompt(before.goal());
    for (String phrase : after.shown(before)) {
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
              evaluation.prompt(before.goal(), was.phrase()),
              RECOGNISED,
              was.share(),
              after.named().get(i).share()));
    }
  }

  private Manifest.Evidence line(String prompt, String metric, double before, double after) {
    Evaluation.Size size = evaluation.size();
    return new Manifest.Evidence(prompt, size.seed(), size.steps(), metric, before, after);
  }
}
