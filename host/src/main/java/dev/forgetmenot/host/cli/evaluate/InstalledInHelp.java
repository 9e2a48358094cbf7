package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the installed plugins bring, at the end of a command's help page. */
final class InstalledInHelp {
  private InstalledInHelp() {}

  /**
   * Adds it where help is asked for.
   *
   * @param title what they are
   * @param type the extension point
   * @param words of one of them
   */
  static <T> void add(
      CommandLine line,
      CommandContext context,
      String title,
      Class<T> type,
      Function<T, String> words) {
    Prelude prelude = new Prelude();
    try {
      new CommandLine(prelude)
          .setUnmatchedArgumentsAllowed(true)
          .setExpandAtFiles(false)
          .parseArgs(context.arguments().toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      return; // the real parser says what is wrong
    }
    if (prelude.help) {
      StringBuilder text =
          new StringBuilder(Message.of("%%n%s of the installed plugins:%%n", title));
      try (HostPluginManager plugins = prelude.plugins.startQuietly()) {
        for (T one : plugins.ordered(type)) {
          text.append("  ").append(words.apply(one).replace("%", "%%")).append("%n");
        }
      }
      line.getCommandSpec().usageMessage().footer(text.toString());
    }
  }

  /** The options that must be known before the help page is made. */
  @Command
  private static final class Prelude {
    @Option(names = {"-h", "--help"})
    private boolean help;

    @Mixin private PluginOptions plugins;
  }
}
