package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Numbers as they are printed: the same on pages, in tables and on terminals. */
final class ReadingText {
  static final String UNDEFINED = "–";
  private static final double HUNDRED = 100;

  private ReadingText() {}

  /** The value alone, such as {@code 98.4 %} or {@code 0.713}. */
  static String value(Unit unit, Reading reading) {
    return number(unit, reading.value());
  }

  /** The value, what it was counted from, and its interval, as far as there are any. */
  static String full(Unit unit, Reading reading) {
    return value(unit, reading) + counted(unit, reading) + interval(unit, reading);
  }

  /** {@code (62/64)} or {@code (n = 20)}, with a space before; empty where there is neither. */
  static String counted(Unit unit, Reading reading) {
    if (reading.n() == 0) {
      return "";
    }
    return isCount(unit, reading)
        ? Message.of(" (%s)", text(new Count(reading.k(), reading.n())))
        : Message.of(" (n = %d)", reading.n());
  }

  /** {@code [91.7, 99.7]}, with a space before; empty where there is none. */
  static String interval(Unit unit, Reading reading) {
    if (!Double.isFinite(reading.low()) || !Double.isFinite(reading.high())) {
      return "";
    }
    return unit == Unit.PERCENT
        ? Message.of(" [%.1f, %.1f]", HUNDRED * reading.low(), HUNDRED * reading.high())
        : Message.of(" [%s, %s]", plain(reading.low()), plain(reading.high()));
  }

  /** Whether a reading is the share of a count. */
  static boolean isCount(Unit unit, Reading reading) {
    return unit == Unit.PERCENT
        && reading.n() > 0
        && Math.abs(reading.value() - (double) reading.k() / reading.n()) < 1e-9;
  }

  static String number(Unit unit, double value) {
    if (!Double.isFinite(value)) {
      return UNDEFINED;
    }
    return unit == Unit.PERCENT ? percent(value) : plain(value);
  }

  static String percent(double share) {
    return Message.of("%.1f %%", HUNDRED * share);
  }

  private static String plain(double value) {
    double size = Math.abs(value);
    if (size != 0 && size < 1e-3) {
      return Message.of("%.1e", value);
    }
    return Message.of(size < 10 ? "%.3f" : size < 1000 ? "%.1f" : "%.0f", value);
  }

  /** A p-value. */
  static String p(double p) {
    return p < 1e-4 ? "< 0.0001" : Message.of("%.4f", p);
  }

  static String text(Count count) {
    return count.k() + "/" + count.n();
  }

  /**
   * The word of a question with what it rests on, such as {@code NOT REACHED: 0/64, at most 5.6 %}.
   */
  static String verdict(Family.Test test, String preset) {
    String budget = test.of().attack().map(attack -> attack.budget().word()).orElse(preset);
    String quick = budget.equals("quick") ? " (quick)" : "";
    return test.verdict() + quick + ": " + reason(test);
  }

  private static String reason(Family.Test test) {
    Count found = test.found();
    if (test.verdict() == Verdict.NO_BASELINE) {
      return Verdict.noBaseline(
              Family.count(test.question().ceiling()),
              Family.count(test.question().accuracy()),
              Family.count(test.question().floor()))
          .orElse("the original model did not come back when the patches were taken off");
    }
    String counted = text(found);
    return test.verdict() == Verdict.NOT_REACHED
        ? counted + ", at most " + percent(found.clopperPearson().high())
        : Message.of(
            "%s, %.1f to %.1f %%",
            counted, HUNDRED * found.wilson().low(), HUNDRED * found.wilson().high());
  }

  /** The first labels with their shares, such as {@code wizard 61 %, bear 12 %}. */
  static String shares(Measurement line, int most) {
    List<Map.Entry<String, Double>> all = List.copyOf(line.shares().entrySet());
    String first =
        all.stream()
            .limit(most)
            .map(share -> Message.of("%s %.0f %%", share.getKey(), HUNDRED * share.getValue()))
            .collect(Collectors.joining(", "));
    return all.size() > most ? first + ", …" : first;
  }
}
