package dev.forgetmenot.patch.archive;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * Reads an entry once, from its first byte to its last, and keeps count of its checksum and digest
 * on the way. Used by one thread.
 */
public final class EntryReading {
  /** Bytes read at a time. */
  public static final int CHUNK = 1 << 17;

  private final PatchArchive archive;
  private final StrictZipReader.Region region;
  private final MessageDigest sha = Sha256.digest();
  private final CRC32 crc = new CRC32();
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
  private long done;

  EntryReading(PatchArchive archive, StrictZipReader.Region region) {
    this.archive = archive;
    this.region = region;
  }

  /** Bytes that were not read yet. */
  public long left() {
    return region.size() - done;
  }

  /** Where the next byte lies in the file. */
  public long at() {
    return region.offset() + done;
  }

  /**
   * The next bytes, in a buffer that the next call uses again.
   *
   * @param most how many at most; no more than {@link #CHUNK} come at once
   */
  public ByteBuffer next(long most) throws IOException {
    chunk.clear().limit((int) Math.min(Math.min(CHUNK, most), left()));
    archive.read(chunk, at());
    chunk.flip();
    add(chunk.array(), chunk.limit());
    return chunk;
  }

  /** The next bytes, to be kept. */
  public byte[] keep(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int kept = 0; kept < count; ) {
      ByteBuffer part = next(count - kept);
      int length = part.remaining();
      part.get(bytes, kept, length);
      kept += length;
    }
    return bytes;
  }

  private void add(byte[] bytes, int count) {
    sha.update(bytes, 0, count);
    crc.update(bytes, 0, count);
    done += count;
  }

  /** The digest of what was read so far, which other bytes can be added to. */
  public MessageDigest digest() {
    return copy(sha);
  }

  public static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every Java can copy a SHA-256 that has begun", e);
    }
  }

  /**
   * Reads what is left.
   *
   * @return SHA-256 of the entry, hex
   * @throws PatchFormatException if its checksum is another one than the archive says
   */
  public String end() throws IOException {
    while (left() > 0) {
      next(CHUNK);
    }
    if (crc.getValue() != region.crc()) {
      throw archive.refuse(PatchError.CRC, region.name() + " is damaged; get the file again");
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}
