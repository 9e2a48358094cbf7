package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.Subcommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn man}: writes the man pages that packages ship. */
@Command(
    name = Subcommands.MAN,
    description = "Write a man page of every command into a folder.",
    mixinStandardHelpOptions = true,
    hidden = true)
final class ManCommand extends ContextCommand {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Where; made if it is missing.")
  private Path folder;

  ManCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    write(spec.root());
    context.say("wrote man pages to " + folder);
    return ExitCodes.DONE;
  }

  private void write(CommandSpec command) throws IOException {
    ManPage page = new ManPage(command);
    Files.writeString(folder.resolve(page.fileName()), page.text());
    for (CommandSpec subcommand : ManPage.visible(command)) {
      write(subcommand);
    }
  }
}
