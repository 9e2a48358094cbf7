package dev.forgetmenot.studio.job;

import com.google.gson.JsonArray;
import java.util.List;

/** Texts as JSON. */
public final class JsonTexts {
  private JsonTexts() {}

  /** An array of texts. */
  public static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
