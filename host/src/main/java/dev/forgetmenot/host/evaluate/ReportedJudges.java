package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.evaluation.judge.Judge;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The judges of an evaluation as its report tells of them.
 *
 * @param towers by which they judge
 * @param task has the targets and their neighbours
 */
record ReportedJudges(Judges judges, Judges.Towers towers, EvaluationTask task) {
  /**
   * What a report says.
   *
   * @param calibrated the labels by which the judges were set
   */
  EvaluationReport.Judging of(List<String> calibrated) {
    List<EvaluationReport.AbsentJudge> absent = new ArrayList<>();
    if (!judges.ids().contains("B")) {
      absent.add(
          new EvaluationReport.AbsentJudge(
              "B",
              towers.prototypes()
                  ? "fewer than two concepts have reference images"
                  : "the list says second: none, so answers are scored by what may have chosen"));
    }
    if (!judges.ids().contains("A")) {
      absent.add(
          new EvaluationReport.AbsentJudge(
              "A", towers.embedder().label() + " reads no texts, and no CLIP was named"));
    }
    return new EvaluationReport.Judging(
        judges.all().stream().map(this::used).toList(),
        absent,
        calibrated.stream().map(this::calibrated).toList(),
        judges
            .agreement()
            .map(
                both ->
                    new EvaluationReport.CalibrationAgreement(
                        new Count(both.disagreeing().size(), both.images()), both.kappa())));
  }

  private EvaluationReport.CalibratedConcept calibrated(String label) {
    Map<String, Count> right = new TreeMap<>();
    judges.all().forEach(judge -> right.put(judge.id(), judge.accuracy(List.of(label))));
    right.values().removeIf(count -> count.n() == 0);
    return new EvaluationReport.CalibratedConcept(
        label,
        right,
        judges.all().stream().filter(judge -> judge.isWeak(label)).map(Judge::id).toList());
  }

  private EvaluationReport.JudgeUsed used(Judge judge) {
    return new EvaluationReport.JudgeUsed(
        judge.id(),
        judge.label(),
        judge.embedder().digest(),
        judge.vocabularySha256(),
        judge.labels().size(),
        judge.threshold(),
        new EvaluationReport.Accuracy(
            judge.accuracy(labels(EvaluatedConcept::labels)),
            judge.accuracy(labels(EvaluatedConcept::similar)),
            judge.accuracy()));
  }

  private List<String> labels(Function<EvaluatedConcept, List<String>> of) {
    return task.targets().stream().flatMap(one -> of.apply(one).stream()).distinct().toList();
  }
}
