package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.edit.GivenSetting;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects the values of a method's settings, each checked where it stands. */
final class EditorValues {
  private final RunMethod method;
  private final Path base;
  private final Map<String, SettingSpec> declared = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>(); // by the name that was given

  /**
   * No values yet.
   *
   * @param base the folder in which relative paths are
   */
  EditorValues(RunMethod method, Path base) {
    this.method = method;
    this.base = base;
    method.parameters().forEach(setting -> declared.put(setting.name(), setting));
  }

  RunMethod method() {
    return method;
  }

  List<String> names() {
    return List.copyOf(declared.keySet());
  }

  boolean declares(String name) {
    return declared.containsKey(name);
  }

  /** Takes what a run file says of the declared settings, by their names or former names. */
  void takeFrom(YamlMap map) {
    for (SettingSpec setting : declared.values()) {
      map.take(setting.name()).ifPresent(value -> set(setting.name(), value));
      for (String former : setting.former().names()) {
        if (!declares(former)) {
          map.take(former).ifPresent(value -> set(setting, former, value, given(setting, value)));
        }
      }
    }
  }

  private void set(String name, YamlValue value) {
    SettingSpec setting = declared.get(name);
    set(setting, name, value, given(setting, value));
  }

  private String given(SettingSpec setting, YamlValue value) {
    boolean list = setting.type() == SettingSpec.Type.LIST && value.isList();
    List<YamlValue> values = list ? value.list() : List.of(value);
    if (values.isEmpty()) {
      throw value.wrong("is an empty list; leave the key out for none");
    }
    try {
      return new GivenSetting(setting, values.stream().map(YamlValue::text).toList()).text(base);
    } catch (IOException e) {
      throw value.wrong("names a file that cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw value.wrong(e.getMessage(), e);
    }
  }

  /**
   * Takes a text for a declared setting.
   *
   * @param value where the refusal points to
   */
  void set(String name, YamlValue value, String text) {
    set(declared.get(name), name, value, text);
  }

  private void set(SettingSpec setting, String name, YamlValue value, String text) {
    String plain = plain(setting, text);
    try {
      Settings.of(List.of(setting), Map.of(name, plain));
    } catch (IllegalArgumentException e) {
      throw new YamlException(value.file(), value.line(), said(value, name, e.getMessage()), e);
    }
    if (setting.type() == SettingSpec.Type.PATH && !Files.exists(Path.of(plain))) {
      throw value.wrong("names " + plain + ", which is not there");
    }
    texts.put(name, plain);
  }

  /** Switches in small letters, words with the declared hyphens, paths in their folder. */
  private String plain(SettingSpec setting, String given) {
    String text = given.strip();
    String hyphens = text.replace('_', '-');
    return switch (setting.type()) {
      case FLAG -> text.toLowerCase(Locale.ROOT);
      case CHOICE -> allowed(setting, hyphens) ? hyphens : text;
      case PATH -> base.resolve(text).toString();
      case LIST -> given;
      default -> text;
    };
  }

  private static boolean allowed(SettingSpec setting, String word) {
    return setting.choices().contains(word) || setting.former().choices().containsKey(word);
  }

  private static String said(YamlValue value, String name, String message) {
    boolean same = value.key().replace('_', '-').equals(name);
    return same ? message : value.key() + ": " + message;
  }

  /** Whether a setting was given. */
  boolean has(String name) {
    return texts.keySet().stream().anyMatch(declared.get(name)::isNamed);
  }

  /** All values, with defaults. */
  Settings values() {
    return Settings.of(method.parameters(), texts);
  }
}
