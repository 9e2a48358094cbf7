package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.edit.GivenSetting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Declared settings as options of a command, in a part of the help of its own. Former names are
 * options that no help shows.
 */
final class SettingOptions {
  private final String owner;
  private final List<SettingSpec> declared;
  private final Map<String, SettingSpec> options = new LinkedHashMap<>(); // by name and former name

  SettingOptions(ConceptEditor editor) {
    this("the method " + editor.name(), editor.parameters());
  }

  /**
   * Settings.
   *
   * @param owner what they are of, for the heading
   */
  SettingOptions(String owner, List<SettingSpec> declared) {
    this.owner = owner;
    this.declared = List.copyOf(declared);
  }

  void addTo(CommandSpec command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .heading("%nOptions of " + owner + ":%n")
            .exclusive(false)
            .multiplicity("0..1")
            .validate(false);
    for (SettingSpec setting : declared) {
      options.put(setting.name(), setting);
      group.addArg(option(setting.name(), setting).build());
    }
    if (!options.isEmpty()) {
      command.addArgGroup(group.build());
    }
    for (SettingSpec setting : declared) {
      for (String former : setting.former().names()) {
        if (!command.optionsMap().containsKey("--" + former)) {
          options.put(former, setting);
          command.addOption(option(former, setting).hidden(true).build());
        }
      }
    }
  }

  private static OptionSpec.Builder option(String name, SettingSpec setting) {
    OptionSpec.Builder option = OptionSpec.builder("--" + name).description(help(setting));
    return switch (setting.type()) {
      case FLAG -> option.type(boolean.class).arity("0");
      case LIST ->
          option
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .paramLabel(label(setting) + "|@FILE");
      default -> option.type(String.class).arity("1").paramLabel(label(setting));
    };
  }

  private static String label(SettingSpec setting) {
    return switch (setting.type()) {
      case INTEGER -> "N";
      case NUMBER -> "NUMBER";
      case CHOICE -> String.join("|", setting.choices());
      case PATH -> "PATH";
      case TEXT, LIST, FLAG -> "TEXT";
    };
  }

  private static String help(SettingSpec setting) {
    boolean sayDefault = setting.type() != SettingSpec.Type.FLAG;
    String otherwise =
        setting
            .defaultText()
            .filter(text -> sayDefault && !text.isEmpty())
            .map(Settings::inWords)
            .orElse("");
    boolean list = setting.type() == SettingSpec.Type.LIST;
    String sentence =
        list ? setting.help() + " Repeatable; a file has one a line." : setting.help();
    // picocli formats descriptions
    String help = otherwise.isEmpty() ? sentence : withDefault(sentence, otherwise);
    return help.replace("%", "%%");
  }

  private static String withDefault(String help, String otherwise) {
    String sentence = help.endsWith(".") ? help.substring(0, help.length() - 1) : help;
    return sentence + " (default: " + otherwise + ").";
  }

  /**
   * The checked values that a parsed command line gives.
   *
   * @param console gets notes of former names
   * @throws IllegalArgumentException if a value is not allowed
   * @throws IOException if a file of a list cannot be read
   */
  Settings values(CommandLine.ParseResult parsed, Console console) throws IOException {
    Map<String, String> given = new LinkedHashMap<>();
    for (Map.Entry<String, SettingSpec> option : options.entrySet()) {
      String name = "--" + option.getKey();
      if (parsed.hasMatchedOption(name)) {
        Object value = parsed.matchedOptionValue(name, "");
        List<String> values =
            value instanceof List<?> several
                ? several.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value));
        given.put(option.getKey(), new GivenSetting(option.getValue(), values).text(Path.of("")));
      }
    }
    Settings settings = Settings.of(declared, given);
    settings.notes().forEach(console::note);
    return settings;
  }
}
