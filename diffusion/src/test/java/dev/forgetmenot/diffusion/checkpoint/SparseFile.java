package dev.forgetmenot.diffusion.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A safetensors file of any size in F16, whose values are a hole on the disk. */
final class SparseFile {
  private SparseFile() {}

  /** Adds the original names and shapes of a component. */
  static void add(Map<String, long[]> shapes, LdmNames names, Map<String, Shape> canonical) {
    canonical.forEach(
        (name, shape) -> {
          LdmTensor original = names.originals().get(name);
          long[] sides = shape.getShape().clone();
          sides[0] *= original.parts();
          boolean convolution = original.name().contains(".attn_1.") && sides.length == 2;
          shapes.put(original.name(), convolution ? new long[] {sides[0], sides[1], 1, 1} : sides);
        });
  }

  /** Writes it. */
  static void write(Path path, Map<String, long[]> shapes) throws IOException {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long size = 2 * new Shape(entry.getValue()).size();
      header
          .append(header.length() == 1 ? "" : ",")
          .append('"')
          .append(entry.getKey())
          .append("\":{\"dtype\":\"F16\",\"shape\":")
          .append(Arrays.toString(entry.getValue()))
          .append(",\"data_offsets\":[")
          .append(at)
          .append(',')
          .append(at += size)
          .append("]}");
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      file.write(json);
      file.setLength(8 + json.length + at);
    }
  }
}
