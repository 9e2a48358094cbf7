package dev.forgetmenot.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** The bytes of one tensor, or of a file, that waits to be written. */
@FunctionalInterface
public interface TensorPayload {

  /** Elements converted at a time: no second copy of a large tensor is made. */
  int CHUNK = 1 << 16;

  /**
   * Writes all of them; the same ones each time.
   *
   * @throws IOException when they cannot be read, or the channel fails
   */
  void writeTo(WritableByteChannel channel) throws IOException;

  /** Bytes that are there, from position to limit. */
  static TensorPayload ofBytes(ByteBuffer bytes) {
    ByteBuffer view = bytes.slice();
    return channel -> drain(view.duplicate(), channel);
  }

  /** Puts one element of an array into a buffer. */
  @FunctionalInterface
  interface ElementWriter {
    /** Puts the element of an index. */
    void put(ByteBuffer buffer, int index);
  }

  /**
   * Elements, converted while they are written.
   *
   * @param bytesEach bytes of one
   */
  static TensorPayload ofElements(int count, int bytesEach, ElementWriter writer) {
    return channel -> {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK * bytesEach).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        if (!chunk.hasRemaining()) {
          drain(chunk.flip(), channel);
          chunk.clear();
        }
        writer.put(chunk, i);
      }
      drain(chunk.flip(), channel);
    };
  }

  /** Writes a buffer to its limit. */
  static void drain(ByteBuffer buffer, WritableByteChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
