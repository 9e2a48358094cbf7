package dev.forgetmenot.evaluation.bench;

import java.util.List;
import java.util.stream.Collectors;

/** A list that cannot be used; the message has a line for each mistake in it. */
public final class BenchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<BenchProblem> problems;

  /** All that is wrong with a list, at least one mistake. */
  public BenchException(List<BenchProblem> problems) {
    super(problems.stream().map(BenchProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** The mistakes, in the order in which they were found. */
  public List<BenchProblem> problems() {
    return problems;
  }
}
