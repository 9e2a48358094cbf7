package dev.forgetmenot.editing.solving;

import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Kept;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far an edit moves phrases: ‖D·P‖ / ‖P‖ of each phrase's columns. For the engine thread.
 *
 * @param job whose edit it is
 * @param preserved phrases that should not move
 */
public record SideEffects(SolvedJob job, List<KeptPhrase> preserved) {
  private static final int NEAREST = 8;

  /**
   * Writes what happens to the preserved phrases, and to the nearest of the vocabulary.
   *
   * @param edits one for all layers, or one for each
   */
  public void write(List<InputEdit> edits, EditReport.Writer report) {
    report.drift("drift-preserved", "preserved phrases", drifts(edits, preserved));
    report.drift(
        "drift-nearest",
        "nearest phrases of the vocabulary",
        drifts(edits, job.neighbours(NEAREST)));
  }

  /** By phrase; of several edits (one for each layer) their mean. */
  private Map<String, Double> drifts(List<InputEdit> edits, List<KeptPhrase> phrases) {
    Map<String, Double> drifts = new LinkedHashMap<>();
    for (KeptPhrase phrase : phrases) {
      var columns = job.columns(phrase);
      double sum = 0;
      for (InputEdit edit : edits) {
        sum += Kept.drift(edit, columns);
      }
      drifts.put(phrase.subject().phrase(), sum / edits.size());
    }
    return drifts;
  }
}
