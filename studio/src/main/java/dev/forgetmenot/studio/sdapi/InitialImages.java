package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.studio.draw.DrawRequest;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.job.JobQueue;
import java.util.Base64;
import java.util.Optional;

/**
 * The images of a body of {@code img2img}: base64, or a data URL of it. An address is refused: the
 * server fetches nothing that a request names.
 *
 * @param image to begin with
 * @param mask white where it is drawn anew
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
record InitialImages(byte[] image, Optional<byte[]> mask) {
  static InitialImages of(JsonObject json) throws HttpProblem {
    JsonElement images = json.get("init_images");
    if (images == null || !images.isJsonArray() || images.getAsJsonArray().size() != 1) {
      throw HttpProblem.unfit("init_images should hold one image, as base64");
    }
    JsonElement mask = json.get("mask");
    boolean masked = mask != null && !mask.isJsonNull();
    return new InitialImages(
        bytes("init_images", images.getAsJsonArray().get(0)),
        masked ? Optional.of(bytes("mask", mask)) : Optional.empty());
  }

  private static byte[] bytes(String key, JsonElement value) throws HttpProblem {
    String text = value.isJsonPrimitive() ? value.getAsString() : "";
    int comma = text.startsWith("data:") ? text.indexOf(',') + 1 : 0;
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(comma));
      if (bytes.length > 0 && !text.contains("://")) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw HttpProblem.unfit(
        key + " should hold an image file as base64 or as a data URL; no address is fetched");
  }

  /** As files of a job. */
  JobQueue.RequestFiles files() {
    return DrawRequest.files(image, mask);
  }
}
