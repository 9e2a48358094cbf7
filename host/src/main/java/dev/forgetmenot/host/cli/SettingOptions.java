package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Declared parameters as options of a command, in a part of the help of its own. */
final class SettingOptions {
  private final String owner;
  private final List<SettingSpec> declared;
  private final Map<SettingSpec, OptionSpec> options = new LinkedHashMap<>();

  /** The parameters of an editor. */
  SettingOptions(ConceptEditor editor) {
    this("the method " + editor.name(), editor.parameters());
  }

  /**
   * Parameters.
   *
   * @param owner what they are of, for the heading
   */
  SettingOptions(String owner, List<SettingSpec> declared) {
    this.owner = owner;
    this.declared = List.copyOf(declared);
  }

  /** Adds the options to a command. */
  void addTo(CommandSpec command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .heading("%nOptions of " + owner + ":%n")
            .exclusive(false)
            .multiplicity("0..1")
            .validate(false);
    for (SettingSpec parameter : declared) {
      OptionSpec option = option(parameter);
      options.put(parameter, option);
      group.addArg(option);
    }
    if (!options.isEmpty()) {
      command.addArgGroup(group.build());
    }
  }

  private static OptionSpec option(SettingSpec parameter) {
    OptionSpec.Builder option =
        OptionSpec.builder("--" + parameter.name()).description(help(parameter));
    return parameter.type() == SettingSpec.Type.FLAG
        ? option.type(boolean.class).arity("0").build()
        : option.type(String.class).arity("1").paramLabel(label(parameter)).build();
  }

  private static String label(SettingSpec parameter) {
    return switch (parameter.type()) {
      case INTEGER -> "N";
      case NUMBER -> "NUMBER";
      case CHOICE -> String.join("|", parameter.choices());
      case PATH -> "PATH";
      case TEXT, FLAG -> "TEXT";
    };
  }

  private static String help(SettingSpec parameter) {
    boolean sayDefault = parameter.type() != SettingSpec.Type.FLAG;
    String otherwise =
        parameter.defaultText().filter(text -> sayDefault && !text.isEmpty()).orElse("");
    // picocli formats descriptions
    String help = otherwise.isEmpty() ? parameter.help() : withDefault(parameter.help(), otherwise);
    return help.replace("%", "%%");
  }

  private static String withDefault(String help, String otherwise) {
    String sentence = help.endsWith(".") ? help.substring(0, help.length() - 1) : help;
    return sentence + " (default: " + otherwise + ").";
  }

  /**
   * The checked values that a parsed command line gives.
   *
   * @throws IllegalArgumentException if a value is not allowed
   */
  Settings values(CommandLine.ParseResult parsed) {
    Map<String, String> given = new LinkedHashMap<>();
    options.forEach(
        (parameter, option) -> {
          String name = option.longestName();
          if (parsed.hasMatchedOption(name)) {
            given.put(
                parameter.name(), String.valueOf((Object) parsed.matchedOptionValue(name, "")));
          }
        });
    return Settings.of(declared, given);
  }
}
