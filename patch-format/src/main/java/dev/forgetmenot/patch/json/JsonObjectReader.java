package dev.forgetmenot.patch.json;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The members of one JSON object while they are taken one by one; {@link #end} refuses what was not
 * taken.
 */
public final class JsonObjectReader {
  private static final long SAFE = (1L << 53) - 1;

  /** What turns one member into a value. */
  public interface Of<T> {
    /** Takes the members of one object. */
    T read(JsonObjectReader members) throws PatchFormatException;
  }

  private final String where;
  private final Map<String, Object> values;
  private final Set<String> taken = new LinkedHashSet<>();
  private final int minor;
  private final Consumer<String> ignored;

  /**
   * Wraps an object of a manifest.
   *
   * @param minor the file's minor version: unknown members are ignored if it is newer than this
   *     library
   * @param ignored gets a sentence for each of them
   */
  public JsonObjectReader(
      String where, Map<String, Object> values, int minor, Consumer<String> ignored) {
    this.where = where;
    this.values = values;
    this.minor = minor;
    this.ignored = ignored;
  }

  /**
   * Wraps an object of a file with versions of its own.
   *
   * @param tolerant true ignores unknown members
   */
  public JsonObjectReader(String where, Map<String, Object> values, boolean tolerant) {
    this(where, values, tolerant ? Integer.MAX_VALUE : MinorVersion.NEWEST, what -> {});
  }

  /** Whether the file is newer than this library. */
  public boolean tolerant() {
    return minor > MinorVersion.NEWEST;
  }

  /** Whether a member is there. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Whether it has a member that came with a minor version; an older file's is unknown. */
  public boolean has(String name, int since) {
    return minor >= since && has(name);
  }

  /** The same for a member that is a text. */
  public Optional<String> findText(String name, int since) throws PatchFormatException {
    return has(name, since) ? Optional.of(text(name)) : Optional.empty();
  }

  /** Says that something was left out, which only a newer file may make one do. */
  public void ignored(String what) {
    ignored.accept(where + " " + what);
  }

  /** A text that must be there. */
  public String text(String name) throws PatchFormatException {
    return take(name, String.class);
  }

  /** A text that must match a pattern as a whole. */
  public String text(String name, String pattern) throws PatchFormatException {
    String text = text(name);
    if (!text.matches(pattern)) {
      throw wrong(name, "'" + text + "' does not match " + pattern);
    }
    return text;
  }

  /** A text that is not blank. */
  public String label(String name) throws PatchFormatException {
    String label = text(name);
    if (label.isBlank()) {
      throw wrong(name, "is empty");
    }
    return label;
  }

  /** A text that must be one of a list. */
  public String oneOf(String name, List<String> allowed) throws PatchFormatException {
    String text = text(name);
    if (!allowed.contains(text)) {
      throw wrong(name, "'" + text + "' is none of " + allowed);
    }
    return text;
  }

  /** A whole number within bounds, and one that every JSON reader holds exactly. */
  public long integer(String name, long min, long max) throws PatchFormatException {
    BigDecimal number = take(name, BigDecimal.class);
    try {
      long value = number.longValueExact();
      if (value >= Math.max(min, -SAFE) && value <= Math.min(max, SAFE)) {
        return value;
      }
    } catch (ArithmeticException e) {
      // not a whole number, or beyond long: refused below like one that is out of range
    }
    throw wrong(name, number + " is not a whole number in [" + min + ", " + max + "]");
  }

  public double number(String name) throws PatchFormatException {
    double value = take(name, BigDecimal.class).doubleValue();
    if (!Double.isFinite(value)) {
      throw wrong(name, "is not finite");
    }
    return value;
  }

  public List<String> texts(String name) throws PatchFormatException {
    List<String> texts = new ArrayList<>();
    for (Object item : take(name, List.class)) {
      texts.add(cast(name, item, String.class));
    }
    return List.copyOf(texts);
  }

  public List<Long> integers(String name, long min, long max) throws PatchFormatException {
    List<Long> numbers = new ArrayList<>();
    for (Object item : take(name, List.class)) {
      numbers.add(
          new JsonObjectReader(where + "." + name, Map.of("item", item), minor, ignored)
              .integer("item", min, max));
    }
    return List.copyOf(numbers);
  }

  public <T> T object(String name, Of<T> of) throws PatchFormatException {
    return inner(where + "." + name, take(name, Map.class), of);
  }

  public <T> Optional<T> find(String name, Of<T> of) throws PatchFormatException {
    return has(name) ? Optional.of(object(name, of)) : Optional.empty();
  }

  /** The objects of a list that must be there. */
  public <T> List<T> objects(String name, Of<T> of) throws PatchFormatException {
    List<T> objects = new ArrayList<>();
    int i = 0;
    for (Object item : take(name, List.class)) {
      objects.add(inner(where + "." + name + "[" + i++ + "]", cast(name, item, Map.class), of));
    }
    return List.copyOf(objects);
  }

  public <T> Map<String, T> map(String name, Of<T> of) throws PatchFormatException {
    Map<String, T> map = new LinkedHashMap<>();
    for (Object entry : take(name, Map.class).entrySet()) {
      Map.Entry<?, ?> pair = (Map.Entry<?, ?>) entry;
      String at = where + "." + name + "." + pair.getKey();
      map.put((String) pair.getKey(), inner(at, cast(at, pair.getValue(), Map.class), of));
    }
    return map;
  }

  public Map<String, String> textMap(String name, String pattern) throws PatchFormatException {
    Map<String, String> map = new LinkedHashMap<>();
    for (Object entry : take(name, Map.class).entrySet()) {
      Map.Entry<?, ?> pair = (Map.Entry<?, ?>) entry;
      String text = cast(name, pair.getValue(), String.class);
      if (!Pattern.compile(pattern, Pattern.DOTALL).matcher(text).matches()) {
        throw wrong(name + "." + pair.getKey(), "'" + text + "' does not match " + pattern);
      }
      map.put((String) pair.getKey(), text);
    }
    return map;
  }

  /** The members of an object that anyone may extend, as {@link StrictJson} read them. */
  public Map<String, Object> members(String name) throws PatchFormatException {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Object entry : take(name, Map.class).entrySet()) {
      Map.Entry<?, ?> pair = (Map.Entry<?, ?>) entry;
      members.put((String) pair.getKey(), pair.getValue());
    }
    return members;
  }

  /** {@code extensions} holds what others added: any value, not read. */
  public void ignore(String name) {
    taken.add(name);
  }

  /** Refuses members that were not taken. */
  public void end() throws PatchFormatException {
    for (String name : values.keySet()) {
      if (taken.contains(name)) {
        continue;
      }
      String what = "has the unknown member '" + name + "'";
      if (!tolerant()) {
        throw new PatchFormatException(PatchError.UNKNOWN_MEMBER, where, what);
      }
      ignored(what);
    }
  }

  /** What is wrong with a member; to be thrown. */
  public PatchFormatException wrong(String name, String why) {
    return new PatchFormatException(PatchError.TYPE_OR_RANGE, where + "." + name, why);
  }

  private <T> T inner(String at, Map<?, ?> object, Of<T> of) throws PatchFormatException {
    Map<String, Object> copy = new LinkedHashMap<>();
    object.forEach((key, value) -> copy.put((String) key, value));
    JsonObjectReader members = new JsonObjectReader(at, copy, minor, ignored);
    T result = of.read(members);
    members.end();
    return result;
  }

  private <T> T take(String name, Class<T> type) throws PatchFormatException {
    Object value = values.get(name);
    if (value == null) {
      throw wrong(name, "is missing");
    }
    taken.add(name);
    return cast(name, value, type);
  }

  private <T> T cast(String name, Object value, Class<T> type) throws PatchFormatException {
    if (!type.isInstance(value)) {
      throw wrong(name, "should be a " + type.getSimpleName() + ", is " + value);
    }
    return type.cast(value);
  }
}
