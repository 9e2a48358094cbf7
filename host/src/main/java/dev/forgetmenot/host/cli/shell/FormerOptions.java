package dev.forgetmenot.host.cli.shell;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options of commands by their names before 3.0: they still work, are in no help page, and say the
 * new name. Settings of methods know their former names themselves.
 */
public final class FormerOptions {
  private static final Map<String, String> NAMES =
      Map.of(
          "--half", "--fp16",
          "--vocabulary", "--known-concepts",
          "--report-pictures", "--report-images",
          "--pictures", "--num-images");

  private static final String MARK = "former"; // a key that no description has

  private FormerOptions() {}

  /** Adds them to a command and to all below it. */
  public static void addTo(CommandSpec command) {
    NAMES.forEach(
        (former, name) -> {
          OptionSpec option = command.findOption(name);
          if (option != null && command.findOption(former) == null) {
            command.addOption(
                OptionSpec.builder(option).names(former).hidden(true).descriptionKey(MARK).build());
          }
        });
    command.subcommands().values().forEach(line -> addTo(line.getCommandSpec()));
  }

  /** Runs the command that was given last, after a note for each former name. */
  public static int run(ParseResult parsed, Console console) {
    for (CommandLine line : parsed.asCommandLineList()) {
      List<OptionSpec> given = line.getParseResult().matchedOptions();
      for (OptionSpec option : given) {
        if (MARK.equals(option.descriptionKey())) {
          String former = option.longestName();
          console.note("option " + former + " is now called " + NAMES.get(former));
        }
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }
}
