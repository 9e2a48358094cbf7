package dev.forgetmenot.safetensors;

import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects tensors, then writes them as one safetensors file. The same tensors and metadata give
 * the same bytes, in whatever order they were added.
 *
 * <p>Order in the file: wider element types first, then by the bytes of the name, as the format's
 * reference writer does, so that every tensor is aligned to its elements. Metadata are sorted by
 * key. The header is padded with spaces so that the data begin at a multiple of 8 bytes, or of what
 * {@link #alignData} says.
 *
 * <p>Arrays and buffers are read when the file is written, not copied before: leave them as they
 * are until then. Not for use by several threads at once.
 */
public final class SafetensorsWriter {

  @SuppressWarnings("ArrayRecordComponent") // only passed along, never compared
  private record Pending(
      String name, DType dtype, long[] shape, long bytes, TensorPayload payload) {}

  private static final List<DType> WIDEST_FIRST =
      List.of(
          DType.U64,
          DType.I64,
          DType.F64,
          DType.F32,
          DType.U32,
          DType.I32,
          DType.BF16,
          DType.F16,
          DType.U16,
          DType.I16,
          DType.F8_E4M3,
          DType.F8_E5M2,
          DType.I8,
          DType.U8,
          DType.BOOL);
  private static final Comparator<Pending> ORDER =
      Comparator.comparingInt((Pending p) -> WIDEST_FIRST.indexOf(p.dtype()))
          .thenComparing(p -> p.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Map<String, Pending> tensors = new HashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();
  private int alignment = 8;

  /** Adds one metadata entry; a later value for a key replaces the earlier one. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds every entry of a map as metadata. */
  public SafetensorsWriter metadata(Map<String, String> entries) {
    metadata.putAll(entries);
    return this;
  }

  /**
   * Sets where the data section may begin: at a multiple of this many bytes.
   *
   * @param bytes a power of two from 8 to 4096
   */
  public SafetensorsWriter alignData(int bytes) {
    if (bytes < 8 || bytes > 4096 || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException("expected a power of two from 8 to 4096, found " + bytes);
    }
    alignment = bytes;
    return this;
  }

  /**
   * Adds a tensor by its stored bytes.
   *
   * @param shape dimensions, outermost first
   * @param bytes little-endian elements from position to limit; the buffer's state does not change
   * @throws IllegalArgumentException when the name is taken or the bytes do not fit the shape
   */
  public SafetensorsWriter add(String name, DType dtype, long[] shape, ByteBuffer bytes) {
    return add(name, dtype, shape, bytes.remaining(), TensorPayload.ofBytes(bytes));
  }

  /**
   * Adds a tensor of floats, rounded to the nearest value of {@code dtype}.
   *
   * @param dtype a float type
   * @throws IllegalArgumentException when the name is taken, the type is no float, or the number of
   *     values does not fit
   */
  public SafetensorsWriter add(String name, DType dtype, long[] shape, float[] values) {
    TensorPayload.ElementWriter writer =
        switch (dtype) {
          case F32 -> (buffer, i) -> buffer.putFloat(values[i]);
          case F16 -> (buffer, i) -> buffer.putShort(HalfFloats.floatToHalf(values[i]));
          case BF16 -> (buffer, i) -> buffer.putShort(HalfFloats.floatToBfloat16(values[i]));
          case F64 -> (buffer, i) -> buffer.putDouble(values[i]);
          case F8_E4M3 -> (buffer, i) -> buffer.put(EightBitFloats.doubleToE4m3(values[i]));
          case F8_E5M2 -> (buffer, i) -> buffer.put(EightBitFloats.doubleToE5m2(values[i]));
          case I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
              throw new IllegalArgumentException(
                  "expected a float type for the floats of " + name + ", found " + dtype);
        };
    long bytes = (long) values.length * dtype.bytes();
    return add(
        name, dtype, shape, bytes, TensorPayload.ofElements(values.length, dtype.bytes(), writer));
  }

  /**
   * Adds a tensor of I64.
   *
   * @throws IllegalArgumentException when the name is taken or the number of values does not fit
   */
  public SafetensorsWriter add(String name, long[] shape, long[] values) {
    TensorPayload payload =
        TensorPayload.ofElements(
            values.length, Long.BYTES, (buffer, i) -> buffer.putLong(values[i]));
    return add(name, DType.I64, shape, (long) values.length * Long.BYTES, payload);
  }

  /**
   * Adds a tensor whose bytes are made when they are written.
   *
   * @param payload writes as many bytes as shape and type say, little-endian
   * @throws IllegalArgumentException when the name is taken
   */
  public SafetensorsWriter add(String name, DType dtype, long[] shape, TensorPayload payload) {
    long bytes = Math.multiplyExact(TensorInfo.elements(shape), dtype.bytes());
    return add(name, dtype, shape, bytes, payload);
  }

  private SafetensorsWriter add(
      String name, DType dtype, long[] shape, long bytes, TensorPayload payload) {
    if (name.equals("__metadata__")) {
      throw new IllegalArgumentException(
          "a tensor cannot be called __metadata__: the format keeps that name");
    }
    if (Arrays.stream(shape).anyMatch(dimension -> dimension < 0)) {
      throw new IllegalArgumentException(
          "expected dimensions of 0 or more, found " + Arrays.toString(shape));
    }
    long expected = Math.multiplyExact(TensorInfo.elements(shape), dtype.bytes());
    if (bytes != expected) {
      throw new IllegalArgumentException(
          Message.of(
              "expected %s bytes for %s %s%s, found %s",
              expected, name, dtype, Arrays.toString(shape), bytes));
    }
    if (tensors.putIfAbsent(name, new Pending(name, dtype, shape.clone(), bytes, payload))
        != null) {
      throw new IllegalArgumentException("the tensor " + name + " was added before");
    }
    return this;
  }

  /**
   * Writes the file beside its place and moves it there.
   *
   * @throws IOException when it cannot be written; an older file of that name is then untouched
   */
  public void write(Path path) throws IOException {
    AtomicFile.write(path, this::writeTo);
  }

  /**
   * Writes the file to an open channel, which stays open.
   *
   * @throws IOException when the channel fails
   */
  public void writeTo(WritableByteChannel channel) throws IOException {
    TensorPayload.drain(header(ordered()), channel);
    writeValuesTo(channel);
  }

  /**
   * Writes what follows the header, which metadata does not change.
   *
   * @throws IOException when the channel fails
   */
  public void writeValuesTo(WritableByteChannel channel) throws IOException {
    for (Pending tensor : ordered()) {
      tensor.payload().writeTo(channel);
    }
  }

  /** Bytes of all values, without the header. */
  public long bytes() {
    return tensors.values().stream().mapToLong(Pending::bytes).sum();
  }

  /** The whole file in memory; for small ones. */
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    try (WritableByteChannel channel = Channels.newChannel(bytes)) {
      writeTo(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private List<Pending> ordered() {
    List<Pending> ordered = new ArrayList<>(tensors.values());
    ordered.sort(ORDER);
    return ordered;
  }

  private ByteBuffer header(List<Pending> ordered) throws IOException {
    byte[] json = json(ordered).getBytes(StandardCharsets.UTF_8);
    int unpadded = Long.BYTES + json.length;
    int padded = Math.multiplyExact(Math.floorDiv(unpadded + alignment - 1, alignment), alignment);
    if (padded - Long.BYTES > SafetensorsLimits.REFERENCE_HEADER_BYTES) {
      throw new IOException(
          "The header would have "
              + padded
              + " bytes, more than any reader takes. Shorten the metadata.");
    }
    ByteBuffer header = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded - Long.BYTES).put(json);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private String json(List<Pending> ordered) throws IOException {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name("__metadata__").beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long begin = 0;
      for (Pending tensor : ordered) {
        json.name(tensor.name()).beginObject().name("dtype").value(tensor.dtype().name());
        json.name("shape").beginArray();
        for (long dimension : tensor.shape()) {
          json.value(dimension);
        }
        json.endArray();
        long end = Math.addExact(begin, tensor.bytes());
        json.name("data_offsets").beginArray().value(begin).value(end).endArray().endObject();
        begin = end;
      }
      json.endObject();
    }
    return text.toString();
  }
}
