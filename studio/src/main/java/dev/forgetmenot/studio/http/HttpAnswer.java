package dev.forgetmenot.studio.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param type of the content
 * @param body its bytes; not copied
 * @param headers more of them
 * @param stream what writes the body instead, piece by piece, and is not to wait
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record HttpAnswer(
    int status,
    String type,
    byte[] body,
    Map<String, String> headers,
    Optional<Consumer<Outlet>> stream) {
  private static final String JSON = "application/json";

  /** Copies the map. */
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** An answer whose body is known. */
  public HttpAnswer(int status, String type, byte[] body, Map<String, String> headers) {
    this(status, type, body, headers, Optional.empty());
  }

  /** JSON with status 200. */
  public static HttpAnswer json(JsonElement json) {
    return json(200, json);
  }

  /** JSON. */
  public static HttpAnswer json(int status, JsonElement json) {
    return new HttpAnswer(status, JSON, json.toString().getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /**
   * A part of a list, and where there may be more the id to go on before.
   *
   * @param name of the list
   * @param entries objects with an id
   * @param limit how many were asked for
   */
  public static HttpAnswer page(String name, JsonArray entries, int limit) {
    JsonObject json = new JsonObject();
    json.add(name, entries);
    if (entries.size() == limit) {
      json.add("next", entries.get(limit - 1).getAsJsonObject().get("id"));
    }
    return json(json);
  }

  /** Bytes with status 200. */
  public static HttpAnswer bytes(String type, byte[] body) {
    return new HttpAnswer(200, type, body, Map.of());
  }

  /** Pieces with status 200, for as long as the client listens. */
  public static HttpAnswer streamed(String type, Consumer<Outlet> stream) {
    return new HttpAnswer(200, type, new byte[0], Map.of(), Optional.of(stream));
  }

  /** Nothing, with status 204. */
  public static HttpAnswer none() {
    return new HttpAnswer(204, JSON, new byte[0], Map.of());
  }

  /** The same with one more header. */
  public HttpAnswer with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new HttpAnswer(status, type, body, all, stream);
  }
}
