package dev.forgetmenot.patching.lora;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.JsonText;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small JSON object of a stranger as maps, lists, texts, numbers and truth values, in order. */
final class JsonValues {
  private static final int DEEPEST = 8;

  private JsonValues() {}

  /**
   * Reads an object.
   *
   * @throws LoraException if it is none, a name is there twice, or it is nested deeply
   */
  static Map<String, Object> parse(String where, String text) throws LoraException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(DEEPEST);
      Map<String, Object> object = object(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("something follows the object");
      }
      return object;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new LoraException(where, "it is not a JSON object: " + JsonText.place(e), e);
    }
  }

  private static Object value(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case NUMBER -> reader.nextDouble();
      case BOOLEAN -> reader.nextBoolean();
      case STRING -> reader.nextString();
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> list(reader);
      default -> {
        reader.nextNull();
        yield null;
      }
    };
  }

  private static List<Object> list(JsonReader reader) throws IOException {
    List<Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      list.add(value(reader));
    }
    reader.endArray();
    return list;
  }

  private static Map<String, Object> object(JsonReader reader) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.containsKey(name)) {
        throw new IOException(name + " is there twice");
      }
      object.put(name, value(reader));
    }
    reader.endObject();
    return object;
  }
}
