package dev.forgetmenot.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The stored little-endian bytes of one tensor, read where they are asked for: a tensor of any size
 * is worked on in pieces. Usable as long as its file is open, by several threads.
 */
@FunctionalInterface
public interface StoredBytes {
  /** Elements that are read at a time. */
  int PIECE = 1 << 16;

  /**
   * Copies bytes until the buffer is full.
   *
   * @param from the first byte in the tensor
   * @throws IOException if the file cannot be read or has become shorter
   */
  void read(long from, ByteBuffer into) throws IOException;

  /**
   * Bytes that are there.
   *
   * @param bytes from position to limit; they must not change afterwards
   */
  static StoredBytes of(ByteBuffer bytes) {
    ByteBuffer all = bytes.slice();
    return (from, into) -> into.put(all.slice(Math.toIntExact(from), into.remaining()));
  }

  /**
   * Whether others have the same bytes.
   *
   * @param size of both
   */
  default boolean sameAs(StoredBytes other, long size) throws IOException {
    ByteBuffer mine = ByteBuffer.allocate((int) Math.min(size, Long.BYTES * PIECE));
    ByteBuffer its = ByteBuffer.allocate(mine.capacity());
    for (long done = 0; done < size; done += mine.limit()) {
      int some = (int) Math.min(mine.capacity(), size - done);
      read(done, mine.clear().limit(some));
      other.read(done, its.clear().limit(some));
      if (!mine.flip().equals(its.flip())) {
        return false;
      }
    }
    return true;
  }

  /** Takes some bytes of a tensor. */
  @FunctionalInterface
  interface Part {
    /**
     * Takes them.
     *
     * @param first index of the first element
     * @param bytes little-endian elements from position to limit, in a buffer that is used again
     */
    void take(long first, ByteBuffer bytes) throws IOException;
  }

  /**
   * Reads elements from first to last, {@link #PIECE} at a time.
   *
   * @param first the first element
   * @param count how many
   */
  default void forEachPart(DType dtype, long first, long count, Part part) throws IOException {
    int bytes = dtype.bytes();
    ByteBuffer piece =
        ByteBuffer.allocate((int) Math.min(PIECE, count) * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < count; ) {
      int some = (int) Math.min(PIECE, count - done);
      piece.clear().limit(some * bytes);
      read((first + done) * bytes, piece);
      part.take(first + done, piece.flip());
      done += some;
    }
  }

  /**
   * Reads elements of a float type as floats: narrower types widened exactly, F64 rounded to the
   * nearest float.
   *
   * @param first the first element
   * @param into takes them from {@code at} on
   * @param count how many
   */
  default void floats(DType dtype, long first, float[] into, int at, int count) throws IOException {
    forEachPart(
        dtype,
        first,
        count,
        (begin, bytes) -> TensorValues.floats(dtype, bytes, into, at + (int) (begin - first)));
  }
}
