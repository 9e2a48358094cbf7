package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A count of one run, image by image, so that it can be paired with that of another run: a line
 * that asks for the concept counts the images in which the judge finds it, another those that it
 * calls what was asked for.
 *
 * @param key measure, concept, part and judge
 * @param outcomes whether an image counts, by prompt and seed
 */
record PairedLine(List<String> key, Map<Shot, Boolean> outcomes) {
  /** The line, if its count is that of the images behind it. */
  static Optional<PairedLine> of(EvaluationReport report, Measurement line) {
    Optional<List<String>> labels =
        line.question().isPresent()
            ? report.targets().stream()
                .filter(target -> target.name().equals(line.concept()))
                .map(Target::labels)
                .findFirst()
            : Optional.empty();
    Optional<Reading> counted = line.question().map(Measurement.Question::found).or(line::patched);
    Map<Shot, Boolean> outcomes = new LinkedHashMap<>();
    for (DrawnSet set : report.sets()) {
      if (line.sets().contains(set.id())) {
        for (DrawnShot drawn : set.images()) {
          JudgedImage answer =
              drawn.patched().map(unit -> unit.answers().get(line.judge())).orElse(null);
          if (answer == null) {
            return Optional.empty();
          }
          outcomes.put(drawn.shot(), answer.is(labels.orElse(List.of(drawn.shot().label()))));
        }
      }
    }
    PairedLine paired =
        new PairedLine(
            List.of(line.measure(), line.concept(), line.part(), line.judge()), outcomes);
    return Optional.of(paired).filter(found -> counted.map(found::isOf).orElse(false));
  }

  private boolean isOf(Reading reading) {
    return !outcomes.isEmpty() && Family.count(reading).equals(count());
  }

  Count count() {
    return new Count(
        (int) outcomes.values().stream().filter(counts -> counts).count(), outcomes.size());
  }

  /** Whether both drew the same prompts and seeds. */
  boolean isPairedWith(PairedLine other) {
    return outcomes.keySet().equals(other.outcomes.keySet());
  }

  /** Images that count here and not there, of a line that {@link #isPairedWith} this. */
  int only(PairedLine other) {
    return (int)
        outcomes.entrySet().stream()
            .filter(entry -> entry.getValue() && !other.outcomes.get(entry.getKey()))
            .count();
  }
}
