package dev.forgetmenot.oci;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of an answer go, in order and in parts. One thread at a time. */
interface ByteSink {
  /** Makes one for each try. */
  @FunctionalInterface
  interface Source {
    /** An empty one. */
    ByteSink open() throws IOException;
  }

  /** Takes all of a part. */
  void take(ByteBuffer part) throws IOException;

  /** What the caller may read when all are there; empty where they went elsewhere. */
  default byte[] content() {
    return new byte[0];
  }

  /** Keeps them. */
  final class Memory implements ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void take(ByteBuffer part) {
      byte[] copy = new byte[part.remaining()];
      part.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public byte[] content() {
      return bytes.toByteArray();
    }
  }
}
