package dev.forgetmenot.host.job;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a model was taught to draw, where its folder says so in {@code concepts.json}. */
public final class Phrases {
  private static final String FILE = "concepts.json";

  private Phrases() {}

  /**
   * The phrases of a model's concepts, such as {@code a lighthouse}; empty if the folder does not
   * say.
   *
   * @throws IOException if the file is there but broken
   */
  public static List<String> of(Path model) throws IOException {
    Path file = model.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try {
      List<String> phrases = new ArrayList<>();
      JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      for (JsonElement concept : root.getAsJsonArray("concepts")) {
        phrases.add(concept.getAsJsonObject().get("phrase").getAsString());
      }
      return phrases;
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException e) {
      throw new IOException(
          file + " should hold a list \"concepts\" of objects with a \"phrase\"", e);
    }
  }
}
