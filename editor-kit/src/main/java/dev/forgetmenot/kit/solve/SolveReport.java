package dev.forgetmenot.kit.solve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a solved edit does, as lines for people and as entries of a recipe.
 *
 * @param lines in the order in which they are read
 * @param entries by the recipe's parameter name
 */
public record SolveReport(List<String> lines, Map<String, String> entries) {
  /** Copies the collections; entries are sorted. */
  public SolveReport {
    lines = List.copyOf(lines);
    entries = new TreeMap<>(entries);
  }

  /** Collects a report. Every method gives the writer itself. */
  public static final class Writer {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> entries = new TreeMap<>();

    /** With nothing in it. */
    public Writer() {}

    /**
     * How far one concept is from what it should become.
     *
     * @param becomes what that is, as a line says it
     * @param residual 0 for exactly there, 1 for as far as before
     */
    public Writer residual(String concept, String becomes, double residual) {
      lines.add(format("'%s' → %s: residual %s", concept, becomes, number(residual)));
      entries.merge("residual", number(residual), (a, b) -> a + "|" + b);
      return this;
    }

    /**
     * How far phrases are moved; nothing is written of none.
     *
     * @param key of the recipe's entry
     * @param what such as {@code preserved phrases}
     * @param drifts ‖D·P‖ / ‖P‖ by phrase
     */
    public Writer drift(String key, String what, Map<String, Double> drifts) {
      if (drifts.isEmpty()) {
        return this;
      }
      double mean = drifts.values().stream().mapToDouble(x -> x).average().orElseThrow();
      Map.Entry<String, Double> most =
          drifts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      lines.add(
          format(
              "%d %s move by %s on average, '%s' most, by %s",
              drifts.size(), what, number(mean), most.getKey(), number(most.getValue())));
      entries.put(key, number(mean));
      entries.put(key + "-most", number(most.getValue()));
      return this;
    }

    /** The condition number of I + D. */
    public Writer condition(double condition) {
      lines.add(
          "cond(I + D) = "
              + number(condition)
              + (condition > 1e6
                  ? ": no text embedding undoes it exactly"
                  : ": whoever knows the patch can compute a text embedding that gives the concept"
                      + " back"));
      entries.put("condition", number(condition));
      return this;
    }

    /** Anything else, as a line and an entry. */
    public Writer note(String key, String value, String line) {
      lines.add(line);
      entries.put(key, value);
      return this;
    }

    /** What has been collected. */
    public SolveReport done() {
      return new SolveReport(lines, entries);
    }
  }

  /** Three digits, as a recipe and a line say it. */
  public static String number(double value) {
    return format("%.3g", value);
  }

  /** Three digits each, with | between them. */
  public static String numbers(double[] values) {
    return Arrays.stream(values).mapToObj(SolveReport::number).collect(Collectors.joining("|"));
  }

  /** Text with a point in numbers, whatever the machine's language. */
  public static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
