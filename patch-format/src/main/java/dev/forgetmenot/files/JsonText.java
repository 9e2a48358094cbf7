package dev.forgetmenot.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as Python writes and reads it, in the small files of models and adapters: a byte order mark
 * is ignored, {@code NaN} and {@code Infinity} are values (texts of that name here), and the last
 * of two equal keys counts. Files from strangers, such as the manifests of patches, are read by
 * stricter rules.
 */
public final class JsonText {
  /** No configuration or tokenizer is larger. */
  private static final long LARGEST = 256L << 20;

  private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");
  private static final String REMEDY = "Get the file again.";

  /** What the object of a server's error begins with. */
  private static final Set<String> ERROR_KEYS = Set.of("error", "errors", "message", "detail");

  private JsonText() {}

  /**
   * Reads a file with one object.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it holds something else; the message names the file, what it is and what
   *     to do
   */
  public static JsonObject object(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder, and a JSON file was expected");
    }
    if (Files.size(file) > LARGEST) {
      throw new IOException(
          file + " has " + Files.size(file) + " bytes; a JSON file has at most " + LARGEST);
    }
    return object(file.toString(), Files.readAllBytes(file));
  }

  /**
   * Reads one object.
   *
   * @param where begins messages
   * @throws IOException if the bytes are something else; see {@link #object(Path)}
   */
  public static JsonObject object(String where, byte[] bytes) throws IOException {
    JsonElement json = read(where, bytes, JsonParser::parseReader);
    if (!json.isJsonObject()) {
      throw refusal(where, bytes, "is not a JSON object");
    }
    refuseError(where, json.getAsJsonObject());
    return json.getAsJsonObject();
  }

  /**
   * What reads a document token by token, where a tree of objects would be too large.
   *
   * @param <T> what it makes of the document
   */
  @FunctionalInterface
  public interface Parser<T> {
    /** Reads the document; Gson's exceptions are turned into messages. */
    T parse(JsonReader reader) throws IOException;
  }

  /**
   * Reads a document token by token.
   *
   * @param where begins messages
   * @throws IOException if the bytes are something else; see {@link #object(Path)}
   */
  public static <T> T read(String where, byte[] bytes, Parser<T> parser) throws IOException {
    try (JsonReader reader = new JsonReader(new StringReader(text(bytes)))) {
      reader.setStrictness(Strictness.LENIENT);
      T value = parser.parse(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw refusal(where, bytes, "is not valid JSON: it goes on after its end");
      }
      return value;
    } catch (CharacterCodingException e) {
      throw refusal(where, bytes, "is not UTF-8 text");
    } catch (MalformedJsonException | EOFException | JsonParseException e) {
      throw refusal(where, bytes, "is not valid JSON: " + place(e));
    } catch (IllegalStateException | NumberFormatException e) {
      throw refusal(where, bytes, "has a value of another type than expected: " + place(e));
    }
  }

  private static IOException refusal(String where, byte[] bytes, String problem) {
    FileContent content =
        FileContent.of(bytes).filter(c -> c.kind() != FileContent.Kind.JSON).orElse(null);
    return new IOException(
        content == null
            ? where + " " + problem + ". " + REMEDY
            : where + " " + content.what() + ", not JSON. " + content.remedy());
  }

  /** A few texts under keys that no configuration begins with. */
  private static void refuseError(String where, JsonObject json) throws IOException {
    String first = json.keySet().stream().findFirst().orElse("");
    if (ERROR_KEYS.contains(first) && json.size() <= 4) {
      throw new IOException(
          Message.of(
              "%s is a server's error message (%s) and not the file itself. %s",
              where, json.get(first), REMEDY));
    }
  }

  /**
   * A text without its byte order mark.
   *
   * @throws CharacterCodingException if the bytes are not UTF-8
   */
  public static String text(byte[] bytes) throws CharacterCodingException {
    // a new decoder reports malformed bytes instead of replacing them
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /**
   * Where a document stops being JSON, in words of our own: the library's messages give advice to
   * programmers and links.
   *
   * @param problem what Gson threw
   */
  public static String place(Exception problem) {
    String message = String.valueOf(problem.getMessage());
    Matcher place = PLACE.matcher(message);
    String at =
        place.find() ? "line " + place.group(1) + ", column " + place.group(2) : "an unknown place";
    boolean cut =
        problem instanceof EOFException
            || problem.getCause() instanceof EOFException
            || message.contains("End of input");
    return (cut ? "it ends too early, at " : "it goes wrong at ") + at;
  }
}
