package dev.forgetmenot.patch.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON of strangers into maps, lists, texts, numbers and flags. Bytes must be UTF-8, keys
 * unique, depth, number and length of values bounded. (Gson's own binding keeps the last of
 * duplicate keys.)
 */
public final class StrictJson {
  public static final int BYTES = 1 << 20;
  private static final int DEPTH = 16;
  private static final int VALUES = 20_000;
  private static final int TEXT = 8 << 10;

  /**
   * How large a document may be.
   *
   * @param bytes of the whole
   * @param longKey the one member whose text may be longer than 8,192 characters
   * @param longText characters of that text
   */
  public record Limits(int bytes, String longKey, int longText) {
    /** Those of a manifest. */
    public static final Limits MANIFEST = new Limits(BYTES, "description", 64 << 10);

    /** Those of a document without a member of long text. */
    public static Limits of(int bytes) {
      return new Limits(bytes, "", TEXT);
    }
  }

  private final String where;
  private final JsonReader reader;
  private final Limits limits;
  private int values;

  private StrictJson(String where, JsonReader reader, Limits limits) {
    this.where = where;
    this.reader = reader;
    this.limits = limits;
  }

  /** Reads one object, a manifest. */
  public static Map<String, Object> read(String where, byte[] bytes) throws PatchFormatException {
    return read(where, bytes, Limits.MANIFEST);
  }

  /**
   * Reads one object.
   *
   * @param where begins the message of what is wrong
   * @return texts, flags, {@link BigDecimal}s, lists and maps by key in the order of the document
   * @throws PatchFormatException FMN-201 to 206
   */
  public static Map<String, Object> read(String where, byte[] bytes, Limits limits)
      throws PatchFormatException {
    if (bytes.length > limits.bytes) {
      throw new PatchFormatException(
          PatchError.TOO_DEEP_OR_LARGE, where, bytes.length + " bytes; at most " + limits.bytes);
    }
    String text;
    try {
      // a new decoder reports malformed bytes instead of replacing them
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new PatchFormatException(PatchError.UTF8, where, named(bytes) + "is not UTF-8");
    }
    if (text.isEmpty() || text.charAt(0) != '{') {
      // no white space, no byte order mark: Gson's reader would pass over both
      throw new PatchFormatException(
          PatchError.SYNTAX, where, named(bytes) + "should begin with '{'");
    }
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    StrictJson json = new StrictJson(where, reader, limits);
    try {
      Map<String, Object> object = json.object(1);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new PatchFormatException(PatchError.SYNTAX, where, "goes on after its end");
      }
      return object;
    } catch (MalformedJsonException | EOFException e) {
      throw new PatchFormatException(PatchError.SYNTAX, where, "is not JSON: " + JsonText.place(e));
    } catch (PatchFormatException e) {
      throw e;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new PatchFormatException(PatchError.SYNTAX, where, "is not JSON: " + JsonText.place(e));
    }
  }

  private static String named(byte[] bytes) {
    return FileContent.of(bytes).map(found -> found.what() + " and ").orElse("");
  }

  private Map<String, Object> object(int depth) throws IOException {
    checkDepth(depth);
    Map<String, Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = checked(reader.nextName(), TEXT);
      if (object.containsKey(key)) {
        throw new PatchFormatException(
            PatchError.DUPLICATE_KEY, where, "has the key '" + key + "' twice");
      }
      object.put(key, value(depth, key.equals(limits.longKey) ? limits.longText : TEXT));
    }
    reader.endObject();
    return object;
  }

  private List<Object> array(int depth) throws IOException {
    checkDepth(depth);
    List<Object> array = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(value(depth, TEXT));
    }
    reader.endArray();
    return array;
  }

  private Object value(int depth, int longest) throws IOException {
    if (++values > VALUES) {
      throw new PatchFormatException(
          PatchError.TOO_DEEP_OR_LARGE, where, "has more than " + VALUES + " values");
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(depth + 1);
      case BEGIN_ARRAY -> array(depth + 1);
      case BOOLEAN -> reader.nextBoolean();
      case NUMBER -> number(reader.nextString());
      case STRING -> text(longest);
      default ->
          throw new PatchFormatException(
              PatchError.TYPE_OR_RANGE,
              where,
              "contains a value that is not a string, number or boolean");
    };
  }

  private String text(int longest) throws IOException {
    return checked(reader.nextString(), longest);
  }

  /** Not too long, and Unicode: an escape can spell half of a character. */
  private String checked(String text, int longest) throws PatchFormatException {
    if (text.length() > longest) {
      throw new PatchFormatException(
          PatchError.TOO_DEEP_OR_LARGE, where, "has a text of " + text.length() + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new PatchFormatException(
            PatchError.SYNTAX, where, "has a text with half of a surrogate pair");
      }
    }
    return text;
  }

  /** A number of at most 40 characters, so that an exponent cannot cost memory. */
  private BigDecimal number(String text) throws PatchFormatException {
    try {
      BigDecimal value = text.length() > 40 ? null : new BigDecimal(text);
      if (value != null && Math.abs(value.scale()) <= 400) {
        return value;
      }
    } catch (NumberFormatException e) {
      // an exponent beyond int: out of range like the others
    }
    throw new PatchFormatException(PatchError.TYPE_OR_RANGE, where, "holds a number out of range");
  }

  private void checkDepth(int depth) throws PatchFormatException {
    if (depth > DEPTH) {
      throw new PatchFormatException(
          PatchError.TOO_DEEP_OR_LARGE, where, "is nested deeper than " + DEPTH);
    }
  }
}
