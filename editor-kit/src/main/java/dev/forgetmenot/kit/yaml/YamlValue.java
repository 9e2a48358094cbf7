package dev.forgetmenot.kit.yaml;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of a YAML file and where it stands. What it should be, its reader says; every refusal
 * names file, line and key.
 *
 * @param key as written
 */
public record YamlValue(Path file, String key, Node node) {
  /** The line, from 1. */
  public int line() {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  /** The column, from 1. */
  public int column() {
    return node.getStartMark().map(Mark::getColumn).orElse(0) + 1;
  }

  /** A refusal at the place of this value, whose message does not begin with the key. */
  public YamlException refusal(String problem) {
    return new YamlException(file, line(), column(), problem, null);
  }

  /** A refusal of this value. */
  public YamlException wrong(String message) {
    return refusal(key + " " + message);
  }

  /** A refusal of this value for a reason that something else gave. */
  public YamlException wrong(String message, Throwable cause) {
    return new YamlException(file, line(), column(), key + " " + message, cause);
  }

  /** Whether nothing is said: {@code null}, {@code ~} or an empty place. */
  public boolean isNull() {
    return node.getTag().equals(Tag.NULL);
  }

  public boolean isList() {
    return node instanceof SequenceNode;
  }

  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** A text, or a number or a switch as it is written. */
  public String text() {
    if (node instanceof ScalarNode scalar && !isNull()) {
      return scalar.getValue();
    }
    throw wrong("should be one value, not " + what());
  }

  /** A switch. */
  public boolean flag() {
    String text = text().toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong("must be true or false, not '" + text() + "'");
    }
    return text.equals("true");
  }

  /** A whole number. */
  public long integer(long min, long max) {
    try {
      long value = Long.parseLong(text());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong("must be a whole number, not '" + text() + "'", e);
    }
    throw wrong("must be in [" + min + ", " + max + "], not " + text());
  }

  /** A number. */
  public double number(double min, double max) {
    double value;
    try {
      value = Double.parseDouble(text());
    } catch (NumberFormatException e) {
      throw wrong("must be a number, not '" + text() + "'", e);
    }
    if (!(value >= min && value <= max)) {
      throw wrong("must be in [" + min + ", " + max + "], not " + text());
    }
    return value;
  }

  /** The members of a list. */
  public List<YamlValue> list() {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue().stream().map(one -> new YamlValue(file, key, one)).toList();
    }
    throw wrong("should be a list, not " + what());
  }

  /** A map with keys that are texts. */
  public YamlMap map() {
    if (node instanceof MappingNode mapping) {
      return YamlMap.of(this, mapping);
    }
    throw wrong("should be keys and values, not " + what());
  }

  private String what() {
    if (isNull()) {
      return "nothing";
    }
    return isList() ? "a list" : isMap() ? "keys and values" : "'" + text() + "'";
  }
}
