package dev.forgetmenot.api.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The checked values of the settings that an editor declares. */
public final class Settings {
  private static final Pattern SEPARATORS = Pattern.compile("[|;,]");

  private final Map<String, String> texts;
  private final List<String> notes;
  private final FormerSettings former;

  private Settings(Map<String, String> texts, List<String> notes, FormerSettings former) {
    this.texts = Collections.unmodifiableMap(texts);
    this.notes = List.copyOf(notes);
    this.former = former;
  }

  /**
   * Checks given texts against the declared settings and fills in defaults.
   *
   * @param given texts by names of today or of earlier releases; {@link #joined} makes that of a
   *     list
   * @throws IllegalArgumentException naming the setting, what was found and what is allowed
   */
  public static Settings of(List<SettingSpec> declared, Map<String, String> given) {
    FormerSettings former = new FormerSettings(declared);
    List<String> notes = new ArrayList<>();
    Map<String, String> rest = former.today(given, notes);
    Map<String, String> texts = new LinkedHashMap<>();
    for (SettingSpec setting : declared) {
      String text = rest.remove(setting.name());
      if (text != null) {
        check(setting, text);
        texts.put(setting.name(), text);
      } else {
        setting.defaultText().ifPresent(value -> texts.put(setting.name(), value));
      }
    }
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown setting "
              + rest.keySet()
              + "; known: "
              + declared.stream().map(SettingSpec::name).toList());
    }
    return new Settings(texts, notes, former);
  }

  /**
   * The text of a list: one entry a line. Where it would else be read as a text that earlier
   * releases split, or lose an empty entry, it ends with a line break.
   */
  public static String joined(List<String> entries) {
    String text = String.join("\n", entries);
    boolean split = entries.size() == 1 ? SEPARATORS.matcher(text).find() : text.endsWith("\n");
    return split ? text + "\n" : text;
  }

  /** A text of {@link #all} in a sentence or a table: the entries of a list with commas. */
  public static String inWords(String text) {
    return String.join(", ", entries(text));
  }

  private static void check(SettingSpec setting, String text) {
    switch (setting.type()) {
      case TEXT, PATH, LIST -> {}
      case FLAG -> allow(setting, text, List.of("true", "false"));
      case CHOICE -> allow(setting, text, setting.choices());
      case INTEGER, NUMBER -> checkNumber(setting, text);
    }
  }

  private static void allow(SettingSpec setting, String text, List<String> allowed) {
    if (!allowed.contains(text)) {
      throw new IllegalArgumentException(
          setting.name() + " must be one of " + allowed + ", not '" + text + "'");
    }
  }

  private static void checkNumber(SettingSpec setting, String text) {
    double value;
    try {
      value =
          setting.type() == SettingSpec.Type.INTEGER
              ? Long.parseLong(text)
              : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(setting.name() + " is not a number: '" + text + "'", e);
    }
    double min = setting.min().orElse(Double.NEGATIVE_INFINITY);
    double max = setting.max().orElse(Double.POSITIVE_INFINITY);
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          setting.name() + " must be in [" + min + ", " + max + "], not " + text);
    }
  }

  /** The text of a setting, if it was given or has a default. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** The text of a setting that has a default. */
  public String text(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("setting " + name + " is missing"));
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

  /**
   * The entries of a list that was given or has a default; empty where it was not and has none.
   *
   * @return at least one entry where there is a text
   */
  public List<String> list(String name) {
    return find(name).map(Settings::entries).orElse(List.of());
  }

  static List<String> entries(String text) {
    String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return Arrays.stream(lines.split("\n", -1)).map(String::strip).toList();
  }

  /** What was given by names or in forms of earlier releases, in sentences for the user. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Texts that an earlier release wrote down, such as the {@link #all} of its settings, by the
   * names and in the forms of today; what is not declared stays as it is.
   */
  public Map<String, String> today(Map<String, String> earlier) {
    return former.today(earlier, new ArrayList<>());
  }

  /** All values as texts, for the recipe. */
  public Map<String, String> all() {
    return texts;
  }
}
