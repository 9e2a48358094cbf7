package dev.forgetmenot.testkit.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel whose writes are points; at the last one half of the bytes are written. */
final class CrashingChannel extends FileChannel {
  private final FileChannel real;
  private final WritePoints points;
  private final Runnable closed;
  private final boolean maps;

  CrashingChannel(FileChannel real, WritePoints points, Runnable closed, boolean maps) {
    this.real = real;
    this.points = points;
    this.closed = closed;
    this.maps = maps;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (points.isLast()) {
      half(from, real.position());
    }
    return real.write(points.reachContent() ? zeros(from) : from);
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    if (points.isLast()) {
      half(from, position);
    }
    return real.write(points.reachContent() ? zeros(from) : from, position);
  }

  /** As many zeros, in the place of the bytes. */
  private static ByteBuffer zeros(ByteBuffer from) {
    ByteBuffer zeros = ByteBuffer.allocate(from.remaining());
    from.position(from.limit());
    return zeros;
  }

  private void half(ByteBuffer from, long position) throws IOException {
    ByteBuffer part = from.duplicate();
    part.limit(part.position() + part.remaining() / 2);
    real.write(part, position);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    points.reachContent();
    return real.write(from, offset, length);
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long position, long count) throws IOException {
    if (points.isLast()) {
      real.transferFrom(from, position, count / 2);
    }
    points.reachContent();
    return real.transferFrom(from, position, count);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    points.reach();
    real.truncate(size);
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    points.reach();
    real.force(metadata);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    return real.read(to);
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    return real.read(to, offset, length);
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    return real.read(to, position);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
    return real.transferTo(position, count, to);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    if (!maps) {
      throw new UnsupportedOperationException("this file must not be mapped");
    }
    if (mode != MapMode.READ_ONLY) {
      throw new UnsupportedOperationException("writes through a map cannot be counted");
    }
    return real.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close(); // also of a killed process: the system closes its files
    closed.run();
  }
}
