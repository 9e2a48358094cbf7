package dev.forgetmenot.host.cli.bench;

import dev.forgetmenot.host.cli.shell.CommandContext;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code fmn bench}: how fast this machine is, and whether a long-lived process stays so. */
@Command(
    name = "bench",
    description = "Measure how fast this machine is, and whether long work stays so.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Unmatched private List<String> ignored; // of before, as stack --patches

  private BenchCommand() {}

  /** The command with all that belongs to it. */
  public static CommandLine of(CommandContext context) {
    return new CommandLine(new BenchCommand())
        .addSubcommand(new BenchSpeedCommand(context))
        .addSubcommand(new BenchSoakCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "which measurement: fmn bench speed, or fmn bench soak? Those of single operators and of"
            + " stacks are in the module 'benchmarks' of the sources. In a clone, run: mvn -B -q"
            + " verify -Pbench -pl benchmarks -am -DskipTests (docs/benchmarks.md)");
  }
}
