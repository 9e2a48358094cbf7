package dev.forgetmenot.patch.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A look at an open file with a position of its own, for a library that moves and closes what it is
 * given: so that it reads the very file that was checked, and not another one of that name.
 */
final class NonClosingChannel implements SeekableByteChannel {
  private final FileChannel channel;
  private long position;
  private boolean open = true;

  NonClosingChannel(FileChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int read = channel.read(buffer, position);
    position += Math.max(0, read);
    return read;
  }

  @Override
  public int write(ByteBuffer buffer) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long other) {
    position = other;
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public boolean isOpen() {
    return open && channel.isOpen();
  }

  @Override
  public void close() {
    open = false;
  }
}
