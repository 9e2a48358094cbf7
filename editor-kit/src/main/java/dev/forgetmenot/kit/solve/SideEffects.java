package dev.forgetmenot.kit.solve;

import dev.forgetmenot.kit.concept.AskedPhrases;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far an edit moves phrases: ‖D·P‖ / ‖P‖ of each phrase's columns. For the engine thread.
 *
 * @param job whose edit it is
 * @param preserved phrases that should not move
 */
public record SideEffects(SolveInput job, List<PreservedConcept> preserved) {
  private static final int NEAREST = 8;

  /**
   * Writes what happens to the preserved phrases, and to the nearest of the vocabulary; not to
   * these where large text encoders would be asked about phrases for this report alone.
   *
   * @param edits one for all layers, or one for each
   */
  public void write(List<InputUpdate> edits, SolveReport.Writer report) {
    report.drift("drift-preserved", "preserved phrases", drifts(edits, preserved));
    List<PreservedConcept> nearest =
        AskedPhrases.all(job.model().base()) ? job.neighbours(NEAREST) : List.of();
    report.drift("drift-nearest", "nearest phrases of the vocabulary", drifts(edits, nearest));
  }

  /** By phrase; of several edits (one for each layer) their mean. */
  private Map<String, Double> drifts(List<InputUpdate> edits, List<PreservedConcept> phrases) {
    Map<String, Double> drifts = new LinkedHashMap<>();
    for (PreservedConcept phrase : phrases) {
      var columns = job.columns(phrase);
      double sum = 0;
      for (InputUpdate edit : edits) {
        sum += PreservedEmbeddings.drift(edit, columns);
      }
      drifts.put(phrase.subject().phrase(), sum / edits.size());
    }
    return drifts;
  }
}
