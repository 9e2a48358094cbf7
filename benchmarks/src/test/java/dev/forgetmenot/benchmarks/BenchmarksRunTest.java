package dev.forgetmenot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs: once, in this Java, with small stacks. Its times say nothing. */
class BenchmarksRunTest {

  @Test
  void once() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .param("patches", "2")
                    .param("concepts", "2")
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    TreeSet<String> names = new TreeSet<>();
    results.forEach(
        result -> names.add(result.getParams().getBenchmark().replaceFirst(".*[.](.*[.])", "$1")));
    assertThat(names)
        .containsExactly(
            "ModelBenchmark.textEncoder",
            "ModelBenchmark.unetStep",
            "ModelBenchmark.vaeDecode",
            "SafetensorsBenchmark.floats",
            "SafetensorsBenchmark.header",
            "StackBenchmark.checkBaseAndSolve",
            "StackBenchmark.fromFilesToWeights",
            "StackBenchmark.openAndDigest",
            "StackBenchmark.weights",
            "UceSolverBenchmark.solve");
  }
}
