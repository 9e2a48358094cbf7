package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.judge.Agreement;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far the judge that scores agrees with another on the images of a set.
 *
 * @param set the images
 * @param state of which model
 * @param judges the two letters, that of the scoring judge first
 * @param agreement its places are those of the images that both judged, in order
 */
record SetAgreement(DrawnSet set, ModelState state, List<String> judges, Agreement agreement) {
  /** The agreement on each set and model of which both judges said something. */
  static List<SetAgreement> of(EvaluationReport report) {
    List<SetAgreement> found = new ArrayList<>();
    for (JudgeUsed other : report.judges().stream().skip(1).toList()) {
      List<String> judges = List.of(report.judges().get(0).id(), other.id());
      for (DrawnSet set : report.sets()) {
        for (ModelState state : ModelState.values()) {
          List<JudgedUnit> units =
              units(set, state).stream()
                  .filter(unit -> unit.answers().keySet().containsAll(judges))
                  .toList();
          if (!units.isEmpty()) {
            found.add(
                new SetAgreement(
                    set,
                    state,
                    judges,
                    Agreement.of(answers(units, judges.get(0)), answers(units, judges.get(1)))));
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
