package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.cli.shell.ThreadOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands have in common that work on files alone, without plugins or an engine. */
abstract class FileCommand extends ContextCommand {
  protected FileCommand(CommandContext context) {
    super(context);
  }

  @Mixin ThreadOptions threads; // for picocli alone

  /** The program looks for the word itself, before a command is made. */
  @Option(names = PluginOptions.VERBOSE, description = "Stack traces of errors.")
  void verbose(boolean on) {}
}
