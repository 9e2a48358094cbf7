package dev.forgetmenot.studio.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.Message;

/**
 * The fields of a body, of which those that are missing or null have a usual value. Numbers may
 * come as texts.
 *
 * @param json the body
 */
public record JsonFields(JsonObject json) {
  /** A text; empty where it is missing. */
  public String text(String key) throws HttpProblem {
    JsonElement value = json.get(key);
    if (value == null || value.isJsonNull()) {
      return "";
    }
    if (!value.isJsonPrimitive()) {
      throw HttpProblem.unfit(key + " should be a text");
    }
    return value.getAsString();
  }

  /** A text that is not too long. */
  public String text(String key, int mostCharacters) throws HttpProblem {
    String text = text(key);
    require(
        text.length() <= mostCharacters, key, Message.of("at most %,d characters", mostCharacters));
    return text;
  }

  /** Yes or no. */
  public boolean flag(String key, boolean usual) throws HttpProblem {
    String text = text(key);
    return text.isEmpty() ? usual : text.equals("true");
  }

  /** A whole number. */
  public int number(String key, int usual) throws HttpProblem {
    double value = decimal(key, usual);
    require(value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE, key, "whole");
    return (int) value;
  }

  /** A whole number in a range. */
  public int number(String key, int usual, int least, int most) throws HttpProblem {
    int value = number(key, usual);
    require(value >= least && value <= most, key, Message.of("in [%s, %s]", least, most));
    return value;
  }

  /** A finite number. */
  public double decimal(String key, double usual) throws HttpProblem {
    String text = text(key);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      double value = Double.parseDouble(text);
      require(Double.isFinite(value), key, "finite");
      return value;
    } catch (NumberFormatException e) {
      throw HttpProblem.unfit(key + " should be a number");
    }
  }

  /** Refuses a body whose field does not fit. */
  public static void require(boolean holds, String key, String expected) throws HttpProblem {
    if (!holds) {
      throw HttpProblem.unfit(Message.of("%s should be %s", key, expected));
    }
  }
}
