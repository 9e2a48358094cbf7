package dev.forgetmenot.host.cli.bench;

import dev.forgetmenot.host.cli.shell.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fmn bench}: measures of speed and memory. */
@Command(
    name = "bench",
    description = "Measure how fast this machine is.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  private BenchCommand() {}

  /** The command with all that can be measured. */
  public static CommandLine of(CommandContext context) {
    CommandLine line = new CommandLine(new BenchCommand());
    line.addSubcommand(new BenchStackCommand(context));
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "measure what? one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
