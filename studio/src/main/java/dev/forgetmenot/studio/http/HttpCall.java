package dev.forgetmenot.studio.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.JsonText;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that may be answered.
 *
 * @param port of the server
 * @param secure whether it was asked by https
 * @param path decoded, such as {@code /api/v1/jobs/01J…}
 * @param names what stands in the path for {@code {name}} of its {@link Route}
 * @param query the first value of each name
 * @param headers those that endpoints read, by the names that {@link #HEADERS} has
 * @param body its bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record HttpCall(
    int port,
    boolean secure,
    String path,
    Map<String, String> names,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {
  static final List<String> HEADERS = List.of("Last-Event-ID", KeyedAnswers.HEADER);

  /** Deeper JSON is refused. */
  private static final int DEPTH = 16;

  private static final int USUAL = 50; // entries of a list
  private static final int MOST = 200;

  /** Copies the maps. */
  public HttpCall {
    names = Map.copyOf(names);
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /** The name of a session's cookie: browsers give a cookie to all ports of a host. */
  public static String cookieName(int port) {
    return "fmn-" + port;
  }

  /** What stands in the path for a name. */
  public String name(String name) {
    return names.get(name);
  }

  /** A value of the query. */
  public Optional<String> asked(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** A header that endpoints read. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * A number of the query.
   *
   * @param usual where it is not given
   */
  public int number(String name, int usual, int least, int most) throws HttpProblem {
    String text = query.get(name);
    if (text == null) {
      return usual;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw HttpProblem.unfit(name + " should be a number in [" + least + ", " + most + "]");
  }

  /** How many entries of a list are asked for. */
  public int limit() throws HttpProblem {
    return number("limit", USUAL, 1, MOST);
  }

  /** The body as an object of JSON; an empty body is an empty object. */
  public JsonObject json() throws HttpProblem {
    if (body.length == 0) {
      return new JsonObject();
    }
    try (JsonReader reader = new JsonReader(new StringReader(JsonText.text(body)))) {
      reader.setNestingLimit(DEPTH);
      JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw HttpProblem.unfit("the body goes on after its JSON object");
      }
      return json;
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw HttpProblem.unfit(
          "the body should be one JSON object in UTF-8, nested at most " + DEPTH + " levels deep");
    }
  }
}
