package dev.forgetmenot.oci;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/**
 * What a server answered.
 *
 * @param status of HTTP
 * @param headers of the answer
 * @param body where it was kept; of an error its beginning
 * @param from who answered
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
record Answer(int status, HttpHeaders headers, byte[] body, URI from) {
  static final int OK = 200;
  static final int CREATED = 201;
  static final int ACCEPTED = 202;
  static final int UNAUTHORIZED = 401;
  static final int NOT_FOUND = 404;
  static final int TOO_MANY = 429;

  private static final int LONGEST = 200;

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** Whether it says that the answer is elsewhere. */
  boolean isRedirect() {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  /**
   * What the server says of an error, in brackets; empty where it says nothing in the known form.
   */
  String said() {
    try {
      JsonElement json = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      if (json instanceof JsonObject object
          && object.get("errors") instanceof JsonArray errors
          && !errors.isEmpty()
          && errors.get(0) instanceof JsonObject first) {
        String text = text(first, "code") + ": " + text(first, "message");
        return " (" + (text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text) + ")";
      }
    } catch (JsonParseException e) {
      // a web page, or nothing
    }
    return "";
  }

  /** A text of a server's JSON; empty where there is none. */
  static String text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
