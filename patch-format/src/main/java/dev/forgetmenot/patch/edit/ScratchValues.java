package dev.forgetmenot.patch.edit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Values of many tensors on disk instead of on the heap, for a draft that is too large for it. The
 * file is deleted when its values are no longer reachable, or the process has ended, however it
 * ended. May be used by several threads.
 */
public final class ScratchValues {
  private static final int CHUNK = 1 << 16;

  private final FileChannel channel;
  private long end;

  private ScratchValues(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes an empty file.
   *
   * @param folder where there is room for the values, four bytes each
   * @throws IOException if no file can be made there
   */
  public static ScratchValues in(Path folder) throws IOException {
    return new ScratchValues(
        FileChannel.open(
            folder.resolve(".fmn-" + UUID.randomUUID() + ".scratch"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            // On Unix the file has no name from here on; on Windows it goes with its last handle.
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /**
   * Writes the values of one tensor.
   *
   * @return reads them, as often as they are asked for
   * @throws IOException if the disk is too full
   */
  public Delta.Values keep(float[] values) throws IOException {
    long begin;
    synchronized (this) {
      begin = end;
      end += (long) values.length * Float.BYTES;
    }
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < values.length; ) {
      int count = Math.min(CHUNK, values.length - done);
      chunk.clear().limit(count * Float.BYTES);
      chunk.asFloatBuffer().put(values, done, count);
      while (chunk.hasRemaining()) {
        channel.write(chunk, begin + (long) done * Float.BYTES + chunk.position());
      }
      done += count;
    }
    int count = values.length;
    return () -> read(begin, count);
  }

  private float[] read(long begin, int total) throws IOException {
    float[] values = new float[total];
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < total; ) {
      int count = Math.min(CHUNK, total - done);
      chunk.clear().limit(count * Float.BYTES);
      while (chunk.hasRemaining()) {
        if (channel.read(chunk, begin + (long) done * Float.BYTES + chunk.position()) < 0) {
          throw new EOFException("the scratch file of a draft was cut short");
        }
      }
      chunk.flip().asFloatBuffer().get(values, done, count);
      done += count;
    }
    return values;
  }
}
