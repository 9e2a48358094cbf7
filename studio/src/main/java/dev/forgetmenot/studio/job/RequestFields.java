package dev.forgetmenot.studio.job;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The fields of a job's request. One that is missing, null or blank is not given; numbers may come
 * as texts. Every method throws an {@link IllegalArgumentException} that names a field that does
 * not fit.
 *
 * @param json the request
 */
public record RequestFields(JsonObject json) {
  /** A text. */
  public Optional<String> text(String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull()
        ? Optional.empty()
        : Optional.of(text(key, value)).filter(text -> !text.isBlank());
  }

  /** A value that should be a text. */
  public static String text(String key, JsonElement value) {
    if (!value.isJsonPrimitive()) {
      throw new IllegalArgumentException(key + " should be a text");
    }
    return value.getAsString();
  }

  /** Yes or no. */
  public boolean flag(String key, boolean usual) {
    return text(key).map("true"::equals).orElse(usual);
  }

  /** Texts without those that are blank; empty if there is no list. */
  public List<String> texts(String key) {
    JsonElement given = json.get(key);
    List<String> texts = new ArrayList<>();
    if (given != null && given.isJsonArray()) {
      for (JsonElement one : given.getAsJsonArray()) {
        String text = text(key, one).strip();
        if (!text.isEmpty()) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  /** A whole number in a range. */
  public OptionalInt number(String key, int least, int most) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return OptionalInt.of(value);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        Message.of("%s should be a whole number in [%s, %s]", key, least, most));
  }

  /** A finite number. */
  public double decimal(String key, double usual) {
    Optional<String> text = text(key);
    try {
      double value = text.isEmpty() ? usual : Double.parseDouble(text.get());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(key + " should be a finite number");
  }

  /** One of several words; the first where none is given. */
  public String oneOf(String key, List<String> words) {
    return oneOf(key, words, word -> word, words.get(0));
  }

  /**
   * One of several values.
   *
   * @param word what a request calls a value
   * @param usual where none is given
   */
  public <T> T oneOf(String key, List<T> all, Function<T, String> word, T usual) {
    Optional<String> asked = text(key);
    if (asked.isEmpty()) {
      return usual;
    }
    return all.stream()
        .filter(one -> word.apply(one).equals(asked.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Message.of(
                        "%s should be one of %s, not '%s'",
                        key,
                        all.stream().map(word).collect(Collectors.joining(", ")),
                        asked.get())));
  }
}
