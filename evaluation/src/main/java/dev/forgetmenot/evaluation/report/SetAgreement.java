package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.judge.Agreement;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far the first two judges agree on the images of a set.
 *
 * @param set the images
 * @param state of which model
 * @param agreement its places are those of the images that both judged, in order
 */
record SetAgreement(DrawnSet set, ModelState state, Agreement agreement) {
  /** The agreement on each set and model of which both judges said something. */
  static List<SetAgreement> of(EvaluationReport report) {
    List<SetAgreement> found = new ArrayList<>();
    if (report.judges().size() > 1) {
      String first = report.judges().get(0).id();
      String second = report.judges().get(1).id();
      for (DrawnSet set : report.sets()) {
        for (ModelState state : ModelState.values()) {
          List<JudgedUnit> units =
              units(set, state).stream()
                  .filter(unit -> unit.answers().keySet().containsAll(List.of(first, second)))
                  .toList();
          if (!units.isEmpty()) {
            found.add(
                new SetAgreement(
                    set, state, Agreement.of(answers(units, first), answers(units, second))));
          }
        }
      }
    }
    return found;
  }

  static List<JudgedUnit> units(DrawnSet set, ModelState state) {
    return set.images().stream()
        .map(
            drawn -> state == ModelState.ORIGINAL ? Optional.of(drawn.original()) : drawn.patched())
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<JudgedImage> answers(List<JudgedUnit> units, String judge) {
    return units.stream().map(unit -> unit.answers().get(judge)).toList();
  }
}
