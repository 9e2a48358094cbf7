package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fmn patch}: what is done with patch files. */
@Command(
    name = "patch",
    description = "Look at patches, stack them, share them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class PatchCommand implements Runnable {
  @Spec private CommandSpec spec;

  private PatchCommand() {}

  /** The command with all that can be done. */
  public static CommandLine of(CommandContext context) {
    CommandLine line = new CommandLine(new PatchCommand());
    List<Callable<Integer>> commands =
        List.of(
            new PatchInspectCommand(context),
            new PatchListCommand(context),
            new PatchConflictsCommand(context),
            new PatchStackCommand(context),
            new PatchGateCommand(context),
            new PatchImportCommand(context),
            new PatchExportCommand(context),
            new PatchDiffCommand(context),
            new PatchBakeCommand(context),
            new KeygenCommand(context),
            new SignCommand(context),
            new VerifyCommand(context),
            new TrustCommand(context),
            new RevokeCommand(context),
            new PolicyCommand(context));
    commands.forEach(line::addSubcommand);
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "what about a patch? one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
