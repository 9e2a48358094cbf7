package dev.forgetmenot.safetensors;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code *.safetensors.index.json}: which shard holds which tensor. */
final class ShardIndex {

  private static final int MOST_BYTES = 64 << 20;

  /** A plain file name: no separator, no drive, nothing that starts with a dot. */
  private static final Pattern SHARD_NAME =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.safetensors");

  private ShardIndex() {}

  /** Tensor name to shard file name, both as the index has them; sorted by tensor. */
  static Map<String, String> read(Path index) throws IOException {
    if (Files.size(index) > MOST_BYTES) {
      throw header(index, "the index has more than " + MOST_BYTES + " bytes", null);
    }
    Map<String, String> shards = new TreeMap<>();
    boolean found = false;
    byte[] bytes = Files.readAllBytes(index);
    try (JsonReader reader = new JsonReader(new StringReader(JsonText.text(bytes)))) {
      reader.setStrictness(Strictness.STRICT);
      reader.beginObject();
      while (reader.hasNext()) {
        if (!reader.nextName().equals("weight_map")) {
          reader.skipValue(); // "metadata" holds sums that the shards' own headers say better
        } else if (found) {
          throw header(index, "the key weight_map occurs twice", null);
        } else {
          found = true;
          readMap(index, reader, shards);
        }
      }
      reader.endObject();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw header(index, "something follows the index's JSON", null);
      }
    } catch (SafetensorsException e) {
      throw e;
    } catch (IOException | IllegalStateException e) {
      FileContent other =
          FileContent.of(bytes).filter(c -> c.kind() != FileContent.Kind.JSON).orElse(null);
      if (other != null) {
        throw new SafetensorsException(
            Problem.HEADER, index.toString(), other.what() + ", not JSON", other.remedy(), e);
      }
      throw header(index, "the index is not valid JSON: " + JsonText.place(e), e);
    }
    if (shards.isEmpty()) {
      throw header(index, "the index has no weight_map with tensors", null);
    }
    return shards;
  }

  private static void readMap(Path index, JsonReader reader, Map<String, String> shards)
      throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      String tensor = reader.nextName();
      String shard = reader.nextString();
      if (!SHARD_NAME.matcher(shard).matches()) {
        throw header(
            index, "the shard name " + shard + " is not a plain *.safetensors file name", null);
      }
      if (shards.put(tensor, shard) != null) {
        throw header(index, "the tensor " + tensor + " occurs twice", null);
      }
    }
    reader.endObject();
  }

  private static SafetensorsException header(Path index, String reason, Throwable cause) {
    return new SafetensorsException(
        Problem.HEADER,
        index.toString(),
        reason,
        "Get the index again, with the shards that belong to it.",
        cause);
  }
}
