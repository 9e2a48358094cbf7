package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects the mistakes of a list, so that all are said at once. */
final class Problems {
  private static final Comparator<BenchProblem> BY_PLACE =
      Comparator.comparing((BenchProblem problem) -> problem.place().file())
          .thenComparing(problem -> problem.place().line())
          .thenComparing(problem -> problem.place().column());

  private final List<BenchProblem> found = new ArrayList<>();

  void add(Place place, String text) {
    found.add(new BenchProblem(place, text));
  }

  void add(YamlException e) {
    add(new Place(e.file(), e.line(), e.column()), e.problem());
  }

  void addAll(List<BenchProblem> problems) {
    found.addAll(problems);
  }

  /** What a reader makes of a value; empty, and the mistake kept, where it refuses it. */
  <T> Optional<T> attempt(Supplier<T> reader) {
    try {
      return Optional.of(reader.get());
    } catch (YamlException e) {
      add(e);
      return Optional.empty();
    }
  }

  static Place place(YamlValue value) {
    return new Place(value.file(), value.line(), value.column());
  }

  /** The mistakes by file and line. */
  List<BenchProblem> sorted() {
    return found.stream().sorted(BY_PLACE).toList();
  }
}
