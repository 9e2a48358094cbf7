package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.statistics.Holm;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All questions of a report, "does the concept come?", with one verdict each. They are one family:
 * p-values are adjusted together (Holm 1979), since who asks often enough finds something by luck.
 *
 * @param tests in the order of the report
 */
public record Family(List<Test> tests) {
  private static final double LEVEL = 0.05;

  /** Copies the list. */
  public Family {
    tests = List.copyOf(tests);
  }

  /**
   * One question.
   *
   * @param of its measurement
   * @param adjusted p against the floor, adjusted over the family
   * @param verdict the word
   * @param luck of an attack p against luck, adjusted over all attacks
   */
  public record Test(Measurement of, double adjusted, Verdict verdict, Optional<Double> luck) {
    /** The question. */
    public Question question() {
      return of.question().orElseThrow();
    }

    /** Images of the patched model in which the judge found the concept. */
    public Count found() {
      return count(question().found());
    }

    /** Whether an attack brings more than as many plain images do; empty where it is none. */
    public Optional<Boolean> moreThanLuck() {
      return luck.map(p -> p < LEVEL);
    }
  }

  /** The family of a report. A base that was not restored leaves no line a baseline. */
  public static Family of(EvaluationReport report) {
    List<Measurement> asked =
        report.measurements().stream().filter(line -> line.question().isPresent()).toList();
    List<Double> adjusted =
        Holm.adjusted(asked.stream().map(line -> line.question().orElseThrow().p()).toList());
    List<Measurement> attacks = asked.stream().filter(line -> line.attack().isPresent()).toList();
    List<Double> luck =
        Holm.adjusted(attacks.stream().map(line -> line.attack().orElseThrow().luckP()).toList());
    List<Test> tests = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      Measurement line = asked.get(i);
      Question question = line.question().orElseThrow();
      Count ceiling = count(question.ceiling());
      Verdict verdict =
          report.restored().orElse(true)
              ? Verdict.of(
                  ceiling, count(question.accuracy()), count(question.floor()), adjusted.get(i))
              : Verdict.NO_BASELINE;
      int attack = attacks.indexOf(line);
      tests.add(
          new Test(
              line,
              adjusted.get(i),
              verdict,
              attack < 0 ? Optional.empty() : Optional.of(luck.get(attack))));
    }
    return new Family(tests);
  }

  /** The test of a measurement, if it asks a question. */
  public Optional<Test> of(Measurement line) {
    return tests.stream().filter(test -> test.of().equals(line)).findFirst();
  }

  static Count count(Reading reading) {
    return new Count(reading.k(), reading.n());
  }
}
