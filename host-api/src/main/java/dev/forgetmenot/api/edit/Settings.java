package dev.forgetmenot.api.edit;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checked values of an editor's declared parameters. */
public final class Settings {
  private final Map<String, String> texts;

  private Settings(Map<String, String> texts) {
    this.texts = Collections.unmodifiableMap(texts);
  }

  /**
   * Checks given texts against the declared parameters and fills in defaults.
   *
   * @throws IllegalArgumentException naming the parameter, what was found and what is allowed
   */
  public static Settings of(List<SettingSpec> declared, Map<String, String> given) {
    Map<String, String> rest = new LinkedHashMap<>(given);
    Map<String, String> texts = new LinkedHashMap<>();
    for (SettingSpec parameter : declared) {
      String text = rest.remove(parameter.name());
      if (text != null) {
        check(parameter, text);
        texts.put(parameter.name(), text);
      } else {
        parameter.defaultText().ifPresent(value -> texts.put(parameter.name(), value));
      }
    }
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown parameter "
              + rest.keySet()
              + "; known: "
              + declared.stream().map(SettingSpec::name).toList());
    }
    return new Settings(texts);
  }

  private static void check(SettingSpec parameter, String text) {
    switch (parameter.type()) {
      case TEXT, PATH -> {}
      case FLAG -> allow(parameter, text, List.of("true", "false"));
      case CHOICE -> allow(parameter, text, parameter.choices());
      case INTEGER, NUMBER -> checkNumber(parameter, text);
    }
  }

  private static void allow(SettingSpec parameter, String text, List<String> allowed) {
    if (!allowed.contains(text)) {
      throw new IllegalArgumentException(
          parameter.name() + " must be one of " + allowed + ", not '" + text + "'");
    }
  }

  private static void checkNumber(SettingSpec parameter, String text) {
    double value;
    try {
      value =
          parameter.type() == SettingSpec.Type.INTEGER
              ? Long.parseLong(text)
              : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(parameter.name() + " is not a number: '" + text + "'", e);
    }
    double min = parameter.min().orElse(Double.NEGATIVE_INFINITY);
    double max = parameter.max().orElse(Double.POSITIVE_INFINITY);
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          parameter.name() + " must be in [" + min + ", " + max + "], not " + text);
    }
  }

  /** The text of a parameter, if it was given or has a default. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** The text of a parameter that has a default. */
  public String text(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("parameter " + name + " is missing"));
  }

  /** A whole number. */
  public long integer(String name) {
    return Long.parseLong(text(name));
  }

  /** A number. */
  public double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** A switch. */
  public boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }

  /** A path, if given. */
  public Optional<Path> path(String name) {
    return find(name).map(Path::of);
  }

  /** All values as texts, for the recipe. */
  public Map<String, String> all() {
    return texts;
  }
}
