package dev.forgetmenot.api.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A setting that an editor declares; command-line options and run-file keys are generated from it.
 *
 * @param name lower case with hyphens, such as {@code learning-rate}
 * @param type how the text is read
 * @param defaultText the default as {@link Settings#all} has it; empty for none
 * @param min least value of numbers
 * @param max greatest value of numbers
 * @param choices the allowed texts of a CHOICE
 * @param help one sentence
 * @param former what earlier releases called it, which still works
 */
public record SettingSpec(
    String name,
    Type type,
    Optional<String> defaultText,
    Optional<Double> min,
    Optional<Double> max,
    List<String> choices,
    String help,
    Former former) {

  /** How a value is read. */
  public enum Type {
    TEXT,
    INTEGER,
    NUMBER,
    FLAG,
    CHOICE,
    PATH,
    /** Texts, of which {@link Settings#joined} makes one. */
    LIST
  }

  /**
   * What earlier releases called a setting and its values.
   *
   * @param names its former names
   * @param choices former words of a CHOICE, each with the word of today
   * @param separators the characters that stood between the entries of a LIST, each of them one; a
   *     single text is still split there
   */
  public record Former(List<String> names, Map<String, String> choices, String separators) {
    /** It has always been called so. */
    public static final Former NONE = new Former(List.of(), Map.of(), "");

    /** Copies the collections. */
    public Former {
      names = List.copyOf(names);
      choices = Map.copyOf(choices);
    }
  }

  /** Copies the list. */
  public SettingSpec {
    choices = List.copyOf(choices);
  }

  /** Whether a user who gives this name means this setting: its name or a former one. */
  public boolean isNamed(String given) {
    return name.equals(given) || former.names().contains(given);
  }

  /** A setting that has always been called so, without limits and choices. */
  private SettingSpec(String name, Type type, Optional<String> defaultText, String help) {
    this(name, type, defaultText, Optional.empty(), Optional.empty(), List.of(), help, Former.NONE);
  }

  /** A text or a path. */
  public static SettingSpec text(String name, Type type, String defaultText, String help) {
    return new SettingSpec(name, type, Optional.ofNullable(defaultText), help);
  }

  /** Texts that an option gives one each time, a run file as a list; without a default. */
  public static SettingSpec list(String name, String help) {
    return new SettingSpec(name, Type.LIST, Optional.empty(), help);
  }

  /** The same with a default. */
  public static SettingSpec list(String name, List<String> otherwise, String help) {
    return new SettingSpec(name, Type.LIST, Optional.of(Settings.joined(otherwise)), help);
  }

  /** A whole number. */
  public static SettingSpec integer(String name, long otherwise, long min, long max, String help) {
    return new SettingSpec(name, Type.INTEGER, Optional.of(Long.toString(otherwise)), help)
        .within((double) min, (double) max);
  }

  /** A whole number whose default the editor chooses itself. */
  public static SettingSpec integer(String name, long min, long max, String help) {
    return new SettingSpec(name, Type.INTEGER, Optional.empty(), help)
        .within((double) min, (double) max);
  }

  /** A number. */
  public static SettingSpec number(
      String name, double otherwise, double min, double max, String help) {
    return new SettingSpec(name, Type.NUMBER, Optional.of(Double.toString(otherwise)), help)
        .within(min, max);
  }

  /** A number whose default the editor chooses itself. */
  public static SettingSpec number(String name, double min, double max, String help) {
    return new SettingSpec(name, Type.NUMBER, Optional.empty(), help).within(min, max);
  }

  /** A switch that is off by default. */
  public static SettingSpec flag(String name, String help) {
    return new SettingSpec(name, Type.FLAG, Optional.of("false"), help);
  }

  /** One of several words; the first is the default. */
  public static SettingSpec choice(String name, List<String> choices, String help) {
    return new SettingSpec(
        name,
        Type.CHOICE,
        Optional.of(choices.get(0)),
        Optional.empty(),
        Optional.empty(),
        choices,
        help,
        Former.NONE);
  }

  private SettingSpec within(double least, double greatest) {
    return new SettingSpec(
        name, type, defaultText, Optional.of(least), Optional.of(greatest), choices, help, former);
  }

  /** The same setting, which earlier releases called otherwise. */
  public SettingSpec formerly(String... names) {
    return with(new Former(List.of(names), former.choices(), former.separators()));
  }

  /** The same CHOICE, whose words were others in earlier releases: each with that of today. */
  public SettingSpec formerChoices(Map<String, String> words) {
    return with(new Former(former.names(), words, former.separators()));
  }

  /** The same LIST, which was a text with one of these characters between two entries. */
  public SettingSpec formerlySplitAt(String separators) {
    return with(new Former(former.names(), former.choices(), separators));
  }

  private SettingSpec with(Former other) {
    return new SettingSpec(name, type, defaultText, min, max, choices, help, other);
  }
}
