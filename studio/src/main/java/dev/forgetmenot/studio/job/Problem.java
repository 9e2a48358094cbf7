package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;

/**
 * Why a job ended before it was done.
 *
 * @param code such as {@code FMN-703}
 * @param sentence what happened and what to do
 */
public record Problem(String code, String sentence) {
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("code", code);
    json.addProperty("detail", sentence);
    return json;
  }

  static Problem of(JsonObject json) {
    return new Problem(json.get("code").getAsString(), json.get("detail").getAsString());
  }
}
