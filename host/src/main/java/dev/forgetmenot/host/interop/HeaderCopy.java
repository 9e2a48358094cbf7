package dev.forgetmenot.host.interop;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * The header of a safetensors file for a copy with other values: without the digests of the old
 * ones, as long as before.
 */
final class HeaderCopy {
  private static final String METADATA = "__metadata__";

  /** Digests of the tensors that tools put into headers. */
  private static final Set<String> DIGESTS =
      Set.of("modelspec.hash_sha256", "sshs_model_hash", "sshs_legacy_hash");

  private HeaderCopy() {}

  /** Everything before the data. */
  static ByteBuffer of(FileChannel in, SafetensorsFile file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(Math.toIntExact(file.dataBegin()));
    while (header.hasRemaining()) {
      if (in.read(header, header.position()) < 0) {
        throw new IOException(file.where() + " has become shorter since it was opened");
      }
    }
    header.flip();
    if (file.metadata().keySet().stream().noneMatch(DIGESTS::contains)) {
      return header;
    }
    String json =
        new String(header.array(), Long.BYTES, header.limit() - Long.BYTES, StandardCharsets.UTF_8);
    byte[] shorter = without(json).getBytes(StandardCharsets.UTF_8);
    if (shorter.length > header.limit() - Long.BYTES) {
      throw new IOException(
          file.where() + ": its header cannot be written again; save the model with another tool");
    }
    byte[] copy = new byte[header.limit()];
    Arrays.fill(copy, (byte) ' ');
    ByteBuffer.wrap(copy)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(copy.length - Long.BYTES)
        .put(shorter);
    return ByteBuffer.wrap(copy);
  }

  private static String without(String json) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonReader in = new JsonReader(new StringReader(json));
        JsonWriter out = new JsonWriter(text)) {
      in.beginObject();
      out.beginObject();
      while (in.hasNext()) {
        String name = in.nextName();
        out.name(name);
        copy(in, out, name.equals(METADATA));
      }
      in.endObject();
      out.endObject();
    }
    return text.toString();
  }

  private static void copy(JsonReader in, JsonWriter out, boolean metadata) throws IOException {
    JsonToken token = in.peek();
    switch (token) {
      case BEGIN_OBJECT -> {
        in.beginObject();
        out.beginObject();
        while (in.hasNext()) {
          String name = in.nextName();
          if (metadata && DIGESTS.contains(name)) {
            in.skipValue();
          } else {
            out.name(name);
            copy(in, out, false);
          }
        }
        in.endObject();
        out.endObject();
      }
      case BEGIN_ARRAY -> {
        in.beginArray();
        out.beginArray();
        while (in.hasNext()) {
          copy(in, out, false);
        }
        in.endArray();
        out.endArray();
      }
      case NUMBER -> out.value(in.nextLong());
      case STRING -> out.value(in.nextString());
      default -> throw new IOException("a header holds no " + token);
    }
  }
}
