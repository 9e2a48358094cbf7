package dev.forgetmenot.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** The bytes of one tensor that waits to be written. */
@FunctionalInterface
interface Payload {

  /** Elements converted at a time: no second copy of a large tensor is made. */
  int CHUNK = 1 << 16;

  void writeTo(WritableByteChannel channel) throws IOException;

  static Payload ofBytes(ByteBuffer bytes) {
    ByteBuffer view = bytes.slice();
    return channel -> drain(view.duplicate(), channel);
  }

  /** Puts one element of an array into a buffer. */
  @FunctionalInterface
  interface ElementWriter {
    void put(ByteBuffer buffer, int index);
  }

  static Payload ofElements(int count, int bytesEach, ElementWriter writer) {
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

  static void drain(ByteBuffer buffer, WritableByteChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
