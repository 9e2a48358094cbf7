package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.host.cli.shell.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fmn evaluate}: what belongs to the evaluation of patches. */
@Command(
    name = "evaluate",
    description = "Evaluate how well a model forgot.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;

  private EvaluateCommand() {}

  /** The command with all that belongs to it. */
  public static CommandLine of(CommandContext context) {
    CommandLine line = new CommandLine(new EvaluateCommand());
    line.addSubcommand(new EvaluateCheckCommand(context));
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "which command? one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
