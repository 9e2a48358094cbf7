package dev.forgetmenot.api.edit;

import java.util.List;
import java.util.Optional;

/**
 * A declared parameter of an editor; command-line options and run-file keys are generated from it.
 *
 * @param name lower case with hyphens, such as {@code learning-rate}
 * @param type how the text is read
 * @param defaultText the default as a user would write it; empty for none
 * @param min least value of numbers
 * @param max greatest value of numbers
 * @param choices the allowed texts of a CHOICE
 * @param help one sentence
 */
public record SettingSpec(
    String name,
    Type type,
    Optional<String> defaultText,
    Optional<Double> min,
    Optional<Double> max,
    List<String> choices,
    String help) {

  /** How a value is read. */
  public enum Type {
    TEXT,
    INTEGER,
    NUMBER,
    FLAG,
    CHOICE,
    PATH
  }

  /** Copies the list. */
  public SettingSpec {
    choices = List.copyOf(choices);
  }

  /** A text or a path. */
  public static SettingSpec text(String name, Type type, String defaultText, String help) {
    return new SettingSpec(
        name,
        type,
        Optional.ofNullable(defaultText),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        help);
  }

  /** A whole number. */
  public static SettingSpec integer(String name, long otherwise, long min, long max, String help) {
    return new SettingSpec(
        name,
        Type.INTEGER,
        Optional.of(Long.toString(otherwise)),
        Optional.of((double) min),
        Optional.of((double) max),
        List.of(),
        help);
  }

  /** A number. */
  public static SettingSpec number(
      String name, double otherwise, double min, double max, String help) {
    return new SettingSpec(
        name,
        Type.NUMBER,
        Optional.of(Double.toString(otherwise)),
        Optional.of(min),
        Optional.of(max),
        List.of(),
        help);
  }

  /** A number whose default the editor chooses itself. */
  public static SettingSpec number(String name, double min, double max, String help) {
    return new SettingSpec(
        name, Type.NUMBER, Optional.empty(), Optional.of(min), Optional.of(max), List.of(), help);
  }

  /** A switch that is off by default. */
  public static SettingSpec flag(String name, String help) {
    return new SettingSpec(
        name, Type.FLAG, Optional.of("false"), Optional.empty(), Optional.empty(), List.of(), help);
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
        help);
  }
}
