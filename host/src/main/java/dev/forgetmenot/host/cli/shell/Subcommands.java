package dev.forgetmenot.host.cli.shell;

import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Adds subcommands to a command. One whose name is among the words of the command line is made in
 * full; any other is a name and its line of help, since making all takes half of the start-up.
 *
 * @param line the command
 * @param context has the words
 */
public record Subcommands(CommandLine line, CommandContext context) {
  /** The command that completes all others. */
  public static final String COMPLETION = "completion";

  /** The command that writes a page of all others. */
  public static final String MAN = "man";

  /** Adds a command that its annotation names and describes; a hidden one only if it is named. */
  public Subcommands with(Class<?> type, Function<CommandContext, ?> make) {
    Command words = type.getAnnotation(Command.class);
    return words.hidden() && !isNamed(words.name())
        ? this
        : with(words.name(), words.description(), () -> make.apply(context));
  }

  /** A former name of a command: it still works, is in no help page, and says the new name. */
  public Subcommands formerly(String former, Class<?> type, Function<CommandContext, ?> make) {
    boolean first =
        context.arguments().stream()
            .filter(word -> !word.startsWith("-"))
            .findFirst()
            .filter(former::equals)
            .isPresent();
    if (first) {
      String name = type.getAnnotation(Command.class).name();
      context.console().note("fmn " + former + " is now called fmn " + name);
      CommandSpec spec = CommandSpec.forAnnotatedObject(make.apply(context));
      spec.usageMessage().hidden(true);
      line.addSubcommand(former, spec);
    }
    return this;
  }

  /** Adds a command. */
  public Subcommands with(String name, String[] description, Supplier<?> make) {
    line.addSubcommand(name, isNamed(name) ? make.get() : stub(description));
    return this;
  }

  /** Whether a word is the name or asks for all commands. */
  private boolean isNamed(String name) {
    String first = context.arguments().stream().findFirst().orElse("");
    return first.equals(COMPLETION) || first.equals(MAN) || context.arguments().contains(name);
  }

  private static CommandSpec stub(String[] description) {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description(description);
    return spec;
  }
}
