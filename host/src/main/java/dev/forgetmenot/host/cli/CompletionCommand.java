package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.Subcommands;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fmn completion}: the shell's completion of commands and options, by picocli. */
@Command(
    name = Subcommands.COMPLETION,
    description =
        "Print a script that completes commands and options in bash and zsh:"
            + " source <(fmn completion).",
    mixinStandardHelpOptions = true)
final class CompletionCommand extends ContextCommand {
  @Spec private CommandSpec spec;

  CompletionCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    context.console().out().println(AutoComplete.bash("fmn", spec.root().commandLine()));
    return ExitCodes.DONE;
  }
}
