package dev.forgetmenot.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** Bytes with random access: a file or memory. */
interface ByteSource {

  /** Number of bytes. */
  long size();

  /** Little-endian read-only view of a part. */
  ByteBuffer view(long begin, int length) throws IOException;

  /**
   * Copies bytes from {@code begin} on until the buffer is full; of a file nothing is mapped.
   *
   * @throws EOFException if there are fewer
   */
  default void read(long begin, ByteBuffer into) throws IOException {
    into.put(view(begin, into.remaining()));
  }

  /**
   * A file; every view is a memory map, which on some systems cannot be replaced or deleted until
   * Java has collected it.
   *
   * @param channel stays open as long as the source is used; closed by its owner
   */
  record MappedFile(FileChannel channel, long size) implements ByteSource {
    @Override
    public ByteBuffer view(long begin, int length) throws IOException {
      if (channel.size() < size) {
        // Touching a map beyond the end of its file kills the process, so look first.
        throw new EOFException("the file has become shorter since it was opened");
      }
      if (length == 0) {
        return ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);
      }
      return channel.map(MapMode.READ_ONLY, begin, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long begin, ByteBuffer into) throws IOException {
      new OpenFile(channel, size).read(begin, into);
    }
  }

  /**
   * A file; every view is a copy on the heap.
   *
   * @param channel stays open as long as the source is used; closed by its owner
   */
  record OpenFile(FileChannel channel, long size) implements ByteSource {
    /** Java keeps a direct buffer as large as the largest read of a thread. */
    private static final int AT_ONCE = 1 << 20;

    @Override
    public ByteBuffer view(long begin, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      read(begin, buffer);
      return buffer.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long begin, ByteBuffer into) throws IOException {
      int first = into.position();
      int end = into.limit();
      while (into.position() < end) {
        into.limit(into.isDirect() ? end : Math.min(end, into.position() + AT_ONCE));
        if (channel.read(into, begin + into.position() - first) < 0) {
          throw new EOFException("the file has become shorter since it was opened");
        }
      }
    }
  }

  /**
   * The first bytes of something that is read on later.
   *
   * @param buffer what is there, from its first byte on
   * @param size bytes of all of it
   */
  record Start(ByteBuffer buffer, long size) implements ByteSource {
    @Override
    public ByteBuffer view(long begin, int length) {
      int there = (int) Math.min(length, buffer.limit() - begin);
      return buffer.slice((int) begin, there).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Bytes in memory, from the buffer's position to its limit. */
  record Memory(ByteBuffer buffer) implements ByteSource {
    @Override
    public long size() {
      return buffer.remaining();
    }

    @Override
    public ByteBuffer view(long begin, int length) {
      return buffer
          .slice(buffer.position() + Math.toIntExact(begin), length)
          .asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
