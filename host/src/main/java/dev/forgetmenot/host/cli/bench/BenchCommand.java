package dev.forgetmenot.host.cli.bench;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code fmn bench}: says where the benchmarks are. */
@Command(
    name = "bench",
    description = "Measure how fast this machine is: by JMH, in a clone of the sources.",
    mixinStandardHelpOptions = true,
    hidden = true)
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Unmatched private List<String> ignored; // the options of before, as --patches

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "fmn bench measures nothing any more: benchmarks are in the module 'benchmarks' of the"
            + " sources. In a clone, run: mvn -B -q verify -Pbench -pl benchmarks -am -DskipTests"
            + " (docs/benchmarks.md)");
  }
}
