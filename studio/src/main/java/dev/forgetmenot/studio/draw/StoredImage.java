package dev.forgetmenot.studio.draw;

import com.google.gson.JsonObject;

/**
 * An image that was drawn or sent.
 *
 * @param id a ULID
 * @param job the id of its job; empty for one that was sent
 * @param seed its own
 * @param width pixels
 * @param height pixels
 * @param infotext what its PNG file says of how it was made
 */
public record StoredImage(
    String id, String job, long seed, int width, int height, String infotext) {
  /** As it is written and answered; the seed is a decimal text. */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("job", job);
    json.addProperty("seed", Long.toString(seed));
    json.addProperty("width", width);
    json.addProperty("height", height);
    json.addProperty("infotext", infotext);
    return json;
  }

  static StoredImage of(JsonObject json) {
    return new StoredImage(
        json.get("id").getAsString(),
        json.get("job").getAsString(),
        json.get("seed").getAsLong(),
        json.get("width").getAsInt(),
        json.get("height").getAsInt(),
        json.get("infotext").getAsString());
  }
}
