package dev.forgetmenot.patch.archive;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.TensorPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * One file of an archive before it is written. Its content is made twice, here and when it is
 * written, and never kept: the headers of an archive say size and checksum before the bytes.
 *
 * @param path its name in the archive
 * @param size bytes
 * @param crc CRC-32
 * @param sha256 hex
 * @param content writes the bytes, the same ones each time
 */
public record NewEntry(String path, long size, long crc, String sha256, TensorPayload content) {
  public static NewEntry of(String path, byte[] bytes) throws IOException {
    return of(path, channel -> TensorPayload.drain(ByteBuffer.wrap(bytes), channel));
  }

  /** Makes the content once, to measure it. */
  public static NewEntry of(String path, TensorPayload content) throws IOException {
    Measuring measuring = new Measuring();
    content.writeTo(measuring);
    return new NewEntry(
        path,
        measuring.size,
        measuring.crc.getValue(),
        HexFormat.of().formatHex(measuring.sha.digest()),
        content);
  }

  /** Measures what is written to it, and keeps none of it. */
  private static final class Measuring implements WritableByteChannel {
    private final MessageDigest sha = Sha256.digest();
    private final CRC32 crc = new CRC32();
    private long size;

    @Override
    public int write(ByteBuffer from) {
      int count = from.remaining();
      crc.update(from.duplicate());
      sha.update(from);
      size += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
