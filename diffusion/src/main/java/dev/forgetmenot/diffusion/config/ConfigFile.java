package dev.forgetmenot.diffusion.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of one config.json, with errors that name the file and the key. Null counts as
 * missing.
 */
public final class ConfigFile {
  private final String where;
  private final JsonObject json;

  private ConfigFile(String where, JsonObject json) {
    this.where = where;
    this.json = json;
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if it is missing
   * @throws IOException if it is no JSON object
   */
  public static ConfigFile read(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    String where =
        folder == null ? file.toString() : folder.getFileName() + "/" + file.getFileName();
    try {
      return new ConfigFile(where, JsonText.object(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException(where, "is missing in " + folder, e);
    }
  }

  /**
   * Reads a text.
   *
   * @throws IOException if it is no JSON object
   */
  public static ConfigFile parse(String where, String text) throws IOException {
    return new ConfigFile(where, JsonText.object(where, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** An object inside, or an empty one. */
  public ConfigFile child(String key) throws ConfigException {
    JsonElement value = find(key);
    if (value == null) {
      return new ConfigFile(where + " " + key, new JsonObject());
    }
    if (!value.isJsonObject()) {
      throw wrong(key, "an object");
    }
    return new ConfigFile(where + " " + key, value.getAsJsonObject());
  }

  /** A size as an object, where older files have one number that stands for {@code key}. */
  ConfigFile sizeOf(String name, String key) throws ConfigException {
    if (!(find(name) instanceof JsonPrimitive)) {
      return child(name);
    }
    JsonObject size = new JsonObject();
    size.addProperty(key, integer(name, 1, 1));
    return new ConfigFile(where + " " + name, size);
  }

  /** The file, for messages. */
  public String where() {
    return where;
  }

  /** Whether there is a value other than null. */
  public boolean has(String key) {
    return find(key) != null;
  }

  /** Whether the value is a list. */
  public boolean isList(String key) {
    return find(key) instanceof JsonArray;
  }

  /** A whole number in [least, 2³¹). */
  public int integer(String key, int otherwise, int least) throws ConfigException {
    JsonElement value = find(key);
    return value == null ? otherwise : integer(key, value, least);
  }

  private int integer(String key, JsonElement value, int least) throws ConfigException {
    double number = number(key, value);
    if (number != Math.rint(number) || number < least || number > Integer.MAX_VALUE) {
      throw wrong(key, "a whole number of at least " + least);
    }
    return (int) number;
  }

  /** A finite number. */
  public double number(String key, double otherwise) throws ConfigException {
    JsonElement value = find(key);
    return value == null ? otherwise : number(key, value);
  }

  private double number(String key, JsonElement value) throws ConfigException {
    if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
      double number = primitive.getAsDouble();
      if (Double.isFinite(number)) {
        return number;
      }
    }
    throw wrong(key, "a number");
  }

  /** True or false. */
  public boolean flag(String key, boolean otherwise) throws ConfigException {
    JsonElement value = find(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
      return primitive.getAsBoolean();
    }
    throw wrong(key, "true or false");
  }

  /** A text. */
  public String text(String key, String otherwise) throws ConfigException {
    JsonElement value = find(key);
    return value == null ? otherwise : text(key, value);
  }

  private String text(String key, JsonElement value) throws ConfigException {
    if (value instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw wrong(key, "a text");
  }

  /** A list of texts. */
  public List<String> texts(String key, List<String> otherwise) throws ConfigException {
    if (!has(key)) {
      return otherwise;
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement element : array(key)) {
      texts.add(text(key, element));
    }
    return List.copyOf(texts);
  }

  /** A list of whole numbers of at least 1. */
  public List<Integer> integers(String key, List<Integer> otherwise) throws ConfigException {
    if (!has(key)) {
      return otherwise;
    }
    List<Integer> integers = new ArrayList<>();
    for (JsonElement element : array(key)) {
      integers.add(integer(key, element, 1));
    }
    return List.copyOf(integers);
  }

  /** A list of {@code size} numbers of at least 1; one number alone stands for all. */
  public List<Integer> integerOrList(String key, int otherwise, int size) throws ConfigException {
    if (!isList(key)) {
      return Collections.nCopies(size, integer(key, otherwise, 1));
    }
    List<Integer> integers = integers(key, List.of());
    if (integers.size() != size) {
      throw wrong(key, "a list of " + size + " numbers, one for each block");
    }
    return integers;
  }

  /** A list of numbers. */
  public List<Double> numbers(String key, List<Double> otherwise) throws ConfigException {
    if (!has(key)) {
      return otherwise;
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonElement element : array(key)) {
      numbers.add(number(key, element));
    }
    return List.copyOf(numbers);
  }

  /** Refuses a key that has any value but these; missing and null are fine. */
  public void refuseUnless(String key, Object... allowed) throws ConfigException {
    JsonElement value = find(key);
    if (value == null) {
      return;
    }
    for (Object one : allowed) {
      if (one instanceof Number number
          && value instanceof JsonPrimitive primitive
          && primitive.isNumber()
          && primitive.getAsDouble() == number.doubleValue()) {
        return;
      }
      if (value instanceof JsonPrimitive primitive
          && !primitive.isNumber()
          && primitive.getAsString().equals(one.toString())) {
        return;
      }
    }
    throw unsupported(key, allowed.length == 0 ? "it must be absent" : "only " + List.of(allowed));
  }

  /** Refuses a list that names anything but these. */
  public void refuseOthers(String key, List<String> values, Set<String> known)
      throws ConfigException {
    for (String value : values) {
      if (!known.contains(value)) {
        throw new ConfigException(
            where, key + " '" + value + "' is not supported; only " + new TreeSet<>(known));
      }
    }
  }

  /** Refuses lists of blocks that do not go together. */
  void requireOneOfEach(List<String> down, List<String> up, List<Integer> channels)
      throws ConfigException {
    if (down.size() != channels.size() || up.size() != channels.size()) {
      throw new ConfigException(
          where,
          Message.of(
              "down_block_types, up_block_types and block_out_channels have %s, %s and %s values;"
                  + " they should have the same number",
              down.size(), up.size(), channels.size()));
    }
  }

  /** An error about a value that changes the result and is not supported. */
  public ConfigException unsupported(String key, String what) {
    return new ConfigException(
        where, key + " " + show(json.get(key)) + " is not supported; " + what);
  }

  /** An error about a value that makes no sense. */
  public ConfigException wrong(String key, String expected) {
    return new ConfigException(
        where, key + " should be " + expected + ", not " + show(json.get(key)));
  }

  private JsonArray array(String key) throws ConfigException {
    if (find(key) instanceof JsonArray array) {
      return array;
    }
    throw wrong(key, "a list");
  }

  private JsonElement find(String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? null : value;
  }

  private static String show(JsonElement value) {
    return value instanceof JsonPrimitive primitive && primitive.isString()
        ? "'" + primitive.getAsString() + "'"
        : String.valueOf(value);
  }
}
