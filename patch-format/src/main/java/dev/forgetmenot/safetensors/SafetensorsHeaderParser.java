package dev.forgetmenot.safetensors;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The JSON of a header, token by token: binding to objects would keep the last of two equal keys
 * without a word.
 *
 * <p>Used once, by one thread.
 */
final class SafetensorsHeaderParser {

  private static final String METADATA = "__metadata__";
  private static final Pattern NATURAL = Pattern.compile("0|[1-9][0-9]{0,19}");
  private static final String DAMAGED =
      "The file is damaged or was not written by a safetensors writer: get it again.";

  private final String where;
  private final SafetensorsLimits limits;
  private final Map<String, TensorInfo> tensors = new TreeMap<>();
  private final Map<String, String> metadata = new HashMap<>();

  SafetensorsHeaderParser(String where, SafetensorsLimits limits) {
    this.where = where;
    this.limits = limits;
  }

  Map<String, TensorInfo> tensors() {
    return tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Reads a header.
   *
   * @param json its bytes; decoded piece by piece, since a header may have 100 MB
   */
  void parse(ByteBuffer json) throws SafetensorsException {
    // a new decoder reports malformed bytes instead of replacing them
    try (JsonReader reader =
        new JsonReader(
            new InputStreamReader(new BufferStream(json), StandardCharsets.UTF_8.newDecoder()))) {
      reader.setStrictness(Strictness.STRICT);
      reader.beginObject();
      boolean metadataSeen = false;
      while (reader.hasNext()) {
        String name = reader.nextName();
        if (name.equals(METADATA)) {
          if (metadataSeen) {
            throw header("the key " + METADATA + " occurs twice", null);
          }
          metadataSeen = true;
          readMetadata(reader);
        } else {
          add(readTensor(name, reader));
        }
      }
      reader.endObject();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw header("something follows the header's JSON", null);
      }
    } catch (SafetensorsException e) {
      throw e;
    } catch (CharacterCodingException e) {
      throw header("the header is not valid UTF-8", e);
    } catch (IOException | IllegalStateException e) {
      // IllegalStateException is Gson's word for a token of another type than the one asked for.
      throw header("the header is not the JSON that the format asks for: " + JsonText.place(e), e);
    }
  }

  private void add(TensorInfo tensor) throws SafetensorsException {
    if (tensors.put(tensor.name(), tensor) != null) {
      throw header("the tensor " + tensor.name() + " occurs twice", null);
    }
    if (tensors.size() > limits.tensors()) {
      throw header("there are more than " + limits.tensors() + " tensors", null);
    }
  }

  private void readMetadata(JsonReader reader) throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (reader.peek() != JsonToken.STRING) {
        throw header("the metadata value of " + key + " is not a string", null);
      }
      if (metadata.put(key, reader.nextString()) != null) {
        throw header("the metadata key " + key + " occurs twice", null);
      }
      if (metadata.size() > limits.tensors()) {
        throw header("there are more than " + limits.tensors() + " metadata", null);
      }
    }
    reader.endObject();
  }

  private TensorInfo readTensor(String name, JsonReader reader) throws IOException {
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    reader.beginObject();
    while (reader.hasNext()) {
      String member = reader.nextName();
      boolean twice;
      switch (member) {
        case "dtype" -> {
          twice = dtype != null;
          dtype = dtype(name, reader.nextString());
        }
        case "shape" -> {
          twice = shape != null;
          shape = numbers(name, "shape", limits.rank(), reader);
        }
        case "data_offsets" -> {
          twice = offsets != null;
          offsets = numbers(name, "data_offsets", 2, reader);
        }
        default -> throw header("tensor " + name + " has the unknown member " + member, null);
      }
      if (twice) {
        throw header("tensor " + name + " has the member " + member + " twice", null);
      }
    }
    reader.endObject();
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw header("tensor " + name + " lacks its dtype, its shape or two data_offsets", null);
    }
    checkSize(name, dtype, shape, offsets);
    return new TensorInfo(name, dtype, shape, offsets[0], offsets[1]);
  }

  private DType dtype(String name, String text) throws SafetensorsException {
    for (DType dtype : limits.dtypes()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    throw new SafetensorsException(
        Problem.DTYPE,
        where,
        "tensor " + name + " has the element type " + text,
        "Types that can be read here: "
            + limits.dtypes().stream().sorted().toList()
            + ". Convert the file to one of them.");
  }

  private long[] numbers(String name, String member, int most, JsonReader reader)
      throws IOException {
    List<Long> values = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      boolean number = reader.peek() == JsonToken.NUMBER;
      String text = reader.nextString();
      if (!number || !NATURAL.matcher(text).matches()) {
        throw header(
            member + " of tensor " + name + " holds " + text + ", which is not a natural number",
            null);
      }
      if (values.size() == most) {
        throw shape("the " + member + " of tensor " + name + " has more than " + most + " numbers");
      }
      try {
        values.add(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw shape(
            "the " + member + " of tensor " + name + " holds " + text + ", which is too large");
      }
    }
    reader.endArray();
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private void checkSize(String name, DType dtype, long[] shape, long[] offsets)
      throws SafetensorsException {
    if (offsets[1] < offsets[0]) {
      throw new SafetensorsException(
          Problem.OFFSETS, where, "tensor " + name + " ends before it begins", DAMAGED);
    }
    long needed;
    try {
      needed = Math.multiplyExact(TensorInfo.elements(shape), dtype.bytes());
    } catch (ArithmeticException e) {
      throw shape("the shape of tensor " + name + " is larger than any file");
    }
    if (offsets[1] - offsets[0] != needed) {
      throw shape(
          Message.of(
              "tensor %s needs %s bytes by its shape and type and has %s",
              name, needed, offsets[1] - offsets[0]));
    }
  }

  private SafetensorsException shape(String reason) {
    return new SafetensorsException(Problem.SHAPE, where, reason, DAMAGED);
  }

  /** The bytes of a buffer, from its position to its limit. */
  private static final class BufferStream extends InputStream {
    private final ByteBuffer bytes;

    BufferStream(ByteBuffer bytes) {
      this.bytes = bytes.duplicate();
    }

    @Override
    public int read() {
      return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(length, bytes.remaining());
      bytes.get(into, offset, count);
      return count;
    }
  }

  private SafetensorsException header(String reason, Throwable cause) {
    return new SafetensorsException(Problem.HEADER, where, reason, DAMAGED, cause);
  }
}
