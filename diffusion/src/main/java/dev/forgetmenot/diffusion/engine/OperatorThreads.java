package dev.forgetmenot.diffusion.engine;

import java.util.Map;
import java.util.OptionalInt;

/**
 * How many threads share an operator on the CPU.
 *
 * @param count 1 or more; empty to leave it to the engine
 * @param reason where the number is from, for people
 */
public record OperatorThreads(OptionalInt count, String reason) {
  /** The system property that names a number; DJL's own. */
  public static final String PROPERTY = "ai.djl.pytorch.num_threads";

  /** The environment variable that names a number. */
  public static final String VARIABLE = "FMN_THREADS";

  private static final String OPENMP = "OMP_NUM_THREADS";
  private static final int MOST = 1024;

  /**
   * The number that this process was given: by {@link #PROPERTY}, or else by {@link #VARIABLE}, or
   * else {@code OMP_NUM_THREADS}, which the engine reads itself; else the {@link
   * Processors#useful() cores}.
   *
   * @throws IllegalArgumentException if what names a number is none from 1 to 1024
   */
  public static OperatorThreads ofProcess() {
    return of(System.getProperty(PROPERTY), System.getenv(), Processors.ofProcess());
  }

  static OperatorThreads of(String property, Map<String, String> env, Processors processors) {
    if (property != null) {
      return told(property, "the option --threads, or the property " + PROPERTY);
    }
    String variable = env.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return told(variable, "the variable " + VARIABLE);
    }
    if (!env.getOrDefault(OPENMP, "").isEmpty()) {
      return new OperatorThreads(OptionalInt.empty(), "the variable " + OPENMP);
    }
    OptionalInt useful = processors.useful();
    if (useful.isEmpty()) {
      return new OperatorThreads(useful, "the engine's choice");
    }
    return new OperatorThreads(
        useful,
        processors.atOnce() < processors.cores().getAsInt()
            ? "the quota of processors that the process has"
            : "the physical cores that the process may use");
  }

  /**
   * How many threads the engine uses in this process, so that others can use as many: the last bits
   * of sums depend on it.
   *
   * @return the {@link #count}, else the first number of {@code OMP_NUM_THREADS}; empty if the
   *     engine decides
   */
  public OptionalInt used() {
    return used(System.getenv());
  }

  OptionalInt used(Map<String, String> env) {
    String first = env.getOrDefault(OPENMP, "").split(",", 2)[0].strip();
    return count.isEmpty() && first.matches("[1-9][0-9]{0,3}")
        ? OptionalInt.of(Integer.parseInt(first))
        : count;
  }

  private static OperatorThreads told(String text, String where) {
    try {
      return new OperatorThreads(OptionalInt.of(require(Integer.parseInt(text.strip()))), where);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          where + " should be a number of threads from 1 to " + MOST + ", not '" + text + "'", e);
    }
  }

  /**
   * Returns a number of threads that an engine can start.
   *
   * @throws IllegalArgumentException if it is not from 1 to 1024
   */
  public static int require(int threads) {
    if (threads < 1 || threads > MOST) {
      throw new IllegalArgumentException(
          "the number of threads should be from 1 to " + MOST + ", not " + threads);
    }
    return threads;
  }
}
