package dev.forgetmenot.testkit.realsize;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Files of zeros: a header, and a hole in place of the values. */
final class ZeroWeights {
  private ZeroWeights() {}

  static void write(Path file, DType dtype, Map<String, Shape> shapes) throws IOException {
    JsonObject header = new JsonObject();
    long end = 0;
    for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("dtype", dtype.name());
      entry.add("shape", array(tensor.getValue().getShape()));
      long begin = end;
      end += tensor.getValue().size() * dtype.bytes();
      entry.add("data_offsets", array(begin, end));
      header.add(tensor.getKey(), entry);
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      out.setLength(8 + text.length + end);
    }
  }

  private static JsonArray array(long... values) {
    JsonArray array = new JsonArray();
    for (long value : values) {
      array.add(value);
    }
    return array;
  }
}
