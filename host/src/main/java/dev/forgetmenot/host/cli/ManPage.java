package dev.forgetmenot.host.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A page of man(1) for one command, in roff's man macros, from picocli's model of it.
 *
 * @param spec the command
 */
record ManPage(CommandSpec spec) {

  /** Its name, as {@code fmn-patch-sign.1}. */
  String fileName() {
    return spec.qualifiedName("-") + ".1";
  }

  String text() {
    Help help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
    List<String> description = Arrays.asList(spec.usageMessage().description());
    List<String> lines = new ArrayList<>();
    lines.add(".TH " + spec.qualifiedName("-").toUpperCase(Locale.ROOT) + " 1 \"\" Forget-Me-Not");
    lines.add(".SH NAME");
    lines.add(escaped(spec.qualifiedName("-") + " - " + String.join(" ", description)));
    lines.add(".SH SYNOPSIS\n.nf");
    lines.add(escaped(help.synopsis(0).strip()));
    lines.add(".fi\n.SH DESCRIPTION");
    description.forEach(paragraph -> lines.add(".PP\n" + escaped(paragraph)));
    if (!spec.positionalParameters().isEmpty()) {
      lines.add(".SH ARGUMENTS");
      spec.positionalParameters()
          .forEach(parameter -> lines.add(entry(parameter.paramLabel(), parameter)));
    }
    lines.add(".SH OPTIONS");
    spec.options().stream()
        .filter(option -> !option.hidden())
        .forEach(
            option ->
                lines.add(
                    entry(
                        String.join(", ", option.names())
                            + (option.arity().max() > 0 ? " " + option.paramLabel() : ""),
                        option)));
    List<CommandSpec> subcommands = visible(spec);
    if (!subcommands.isEmpty()) {
      lines.add(".SH COMMANDS");
      subcommands.forEach(
          command ->
              lines.add(".TP\n.BR " + command.qualifiedName("\\-") + " (1)\n" + summary(command)));
    }
    return String.join("\n", lines) + "\n";
  }

  /** Subcommands that help shows. */
  static List<CommandSpec> visible(CommandSpec spec) {
    return spec.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> !command.usageMessage().hidden())
        .distinct()
        .toList();
  }

  private static String summary(CommandSpec command) {
    return escaped(String.join(" ", command.usageMessage().description()));
  }

  private static String entry(String head, ArgSpec argument) {
    String text =
        Arrays.stream(argument.description())
            .collect(Collectors.joining(" "))
            .replace("%n", "\n.br\n");
    return ".TP\n\\fB" + escaped(head) + "\\fR\n" + escaped(text);
  }

  /**
   * Roff reads a backslash as the start of an escape, and lines that begin with a dot or a quote as
   * requests.
   */
  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replaceAll("(?m)^(?=['.])(?!\\.br$)", "\\\\&");
  }
}
