package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.CommandProvider;
import dev.forgetmenot.host.cli.shell.Subcommands;
import java.util.ServiceLoader;
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
    Subcommands commands = new Subcommands(line, context);
    commands
        .with(PatchInspectCommand.class, PatchInspectCommand::new)
        .with(PatchListCommand.class, PatchListCommand::new)
        .with(PatchConflictsCommand.class, PatchConflictsCommand::new)
        .with(PatchStackCommand.class, PatchStackCommand::new)
        .with(PatchGateCommand.class, PatchGateCommand::new)
        .with(PatchPreviewCommand.class, PatchPreviewCommand::new)
        .with(PatchCardCommand.class, PatchCardCommand::new)
        .with(PatchImportCommand.class, PatchImportCommand::new)
        .with(PatchExportCommand.class, PatchExportCommand::new)
        .with(PatchDiffCommand.class, PatchDiffCommand::new)
        .with(PatchBakeCommand.class, PatchBakeCommand::new)
        .with(KeygenCommand.class, KeygenCommand::new)
        .with(SignCommand.class, SignCommand::new)
        .with(VerifyCommand.class, VerifyCommand::new)
        .with(TrustCommand.class, TrustCommand::new)
        .with(RevokeCommand.class, RevokeCommand::new)
        .with(PolicyCommand.class, PolicyCommand::new);
    ServiceLoader.load(CommandProvider.class).forEach(provider -> provider.addToPatch(commands));
    MissingCommand.addTo(commands);
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "what about a patch? one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
