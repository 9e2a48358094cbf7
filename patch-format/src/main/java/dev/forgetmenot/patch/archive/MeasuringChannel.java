package dev.forgetmenot.patch.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32;

/** Measures what is written to it, and passes it on. */
final class MeasuringChannel implements WritableByteChannel {
  /** Takes a buffer to its limit. */
  @FunctionalInterface
  interface Sink {
    void take(ByteBuffer from) throws IOException;
  }

  private final CRC32 crc = new CRC32();
  private final Sink sink;
  private long size;

  MeasuringChannel(Sink sink) {
    this.sink = sink;
  }

  /** Bytes so far. */
  long size() {
    return size;
  }

  /** The CRC-32 of the bytes so far. */
  long crc() {
    return crc.getValue();
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = from.remaining();
    crc.update(from.duplicate());
    size += count;
    sink.take(from);
    return count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
