package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Collects the values of a method's declared parameters, each checked where it stands. */
final class EditorValues {
  private final RunMethod method;
  private final Path base;
  private final Map<String, SettingSpec> declared = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  /**
   * No values yet.
   *
   * @param base the folder in which relative paths are
   */
  EditorValues(RunMethod method, Path base) {
    this.method = method;
    this.base = base;
    method.parameters().forEach(parameter -> declared.put(parameter.name(), parameter));
  }

  RunMethod method() {
    return method;
  }

  /** The names of the declared parameters. */
  List<String> names() {
    return List.copyOf(declared.keySet());
  }

  /** The first of several names that the editor declares. */
  Optional<String> firstDeclared(List<String> candidates) {
    return candidates.stream().filter(declared::containsKey).findFirst();
  }

  /** Takes what a run file says for a declared parameter. */
  void set(String name, YamlValue value) {
    set(name, value, value.text());
  }

  /**
   * Takes a text for a declared parameter.
   *
   * @param value where the refusal points to
   */
  void set(String name, YamlValue value, String text) {
    SettingSpec parameter = declared.get(name);
    String plain = plain(parameter, text.strip());
    try {
      Settings.of(List.of(parameter), Map.of(name, plain));
    } catch (IllegalArgumentException e) {
      throw new RunFileException(value.file(), value.line(), said(value, name, e.getMessage()), e);
    }
    if (parameter.type() == SettingSpec.Type.PATH && !Files.exists(Path.of(plain))) {
      throw value.wrong("names " + plain + ", which is not there");
    }
    texts.put(name, plain);
  }

  /** Switches in small letters, words with the declared hyphens, paths in their folder. */
  private String plain(SettingSpec parameter, String text) {
    String hyphens = text.replace('_', '-');
    return switch (parameter.type()) {
      case FLAG -> text.toLowerCase(Locale.ROOT);
      case CHOICE -> parameter.choices().contains(hyphens) ? hyphens : text;
      case PATH -> base.resolve(text).toString();
      default -> text;
    };
  }

  private static String said(YamlValue value, String name, String message) {
    boolean same = value.key().replace('_', '-').equals(name);
    return same ? message : value.key() + ": " + message;
  }

  /** Whether something was said for a parameter. */
  boolean has(String name) {
    return texts.containsKey(name);
  }

  /** All values, with defaults. */
  Settings values() {
    return Settings.of(method.parameters(), texts);
  }
}
