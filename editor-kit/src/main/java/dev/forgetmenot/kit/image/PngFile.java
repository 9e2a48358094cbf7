package dev.forgetmenot.kit.image;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A PNG file chunk by chunk, with every check sum verified. The stream of this object holds the
 * same file with only those chunks that say what the pixels are, so that no decoder unpacks texts
 * or profiles; {@link #kept} gives the others that matter here.
 */
final class PngFile extends InputStream {
  private static final Set<String> PIXELS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final Set<String> KEPT = Set.of("eXIf", "iCCP");
  private static final int SIGNATURE = 8;
  private static final int PART = 1 << 16;

  /** Most bytes of a chunk that is kept and of what it unpacks to. */
  private static final int LIMIT = 4 << 20;

  private final Path file;
  private final DataInputStream in;
  private ByteBuffer ready;
  private String type = "";
  private long left;
  private final CRC32 crc = new CRC32();
  private byte[] exif = new byte[0];
  private byte[] profile = new byte[0];
  private boolean ended;

  /**
   * Takes a stream at its beginning.
   *
   * @param file for messages
   */
  PngFile(Path file, InputStream in) throws IOException {
    this.file = file;
    this.in = new DataInputStream(in);
    ready = ByteBuffer.wrap(part(SIGNATURE));
  }

  /** What a chunk {@code eXIf} or {@code iCCP} held that has been read by now; may be empty. */
  byte[] kept(String chunk) throws IOException {
    return chunk.equals("eXIf") ? exif : unpackedProfile();
  }

  /** Reads to the end, to verify the check sums that are left. */
  void finish() throws IOException {
    while (advance()) {
      ready.position(ready.limit());
    }
  }

  @Override
  public int read() throws IOException {
    return advance() ? ready.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, ready.remaining());
    ready.get(to, at, count);
    return count;
  }

  /** Whether there is a byte to give. */
  private boolean advance() throws IOException {
    while (!ready.hasRemaining()) {
      if (left > 0) {
        byte[] next = part((int) Math.min(left, PART));
        left -= next.length;
        crc.update(next);
        ready = ByteBuffer.wrap(next);
      } else if (!type.isEmpty()) {
        ready = checkSum();
        ended = type.equals("IEND");
        type = "";
      } else if (ended) {
        return false;
      } else {
        begin();
      }
    }
    return true;
  }

  private void begin() throws IOException {
    ByteBuffer head = head();
    if (PIXELS.contains(type)) {
      ready = head;
      return;
    }
    byte[] body = KEPT.contains(type) && left <= LIMIT ? part((int) left) : new byte[0];
    crc.update(body);
    for (left -= body.length; left > 0; ) {
      byte[] next = part((int) Math.min(left, PART));
      crc.update(next);
      left -= next.length;
    }
    checkSum();
    if (type.equals("eXIf")) {
      exif = body;
    } else if (type.equals("iCCP")) {
      profile = body;
    }
    type = "";
  }

  private ByteBuffer checkSum() throws IOException {
    ByteBuffer stored = ByteBuffer.wrap(part(4));
    if (stored.getInt(0) != (int) crc.getValue()) {
      throw damaged("the check sum of its chunk " + type + " is wrong");
    }
    return stored;
  }

  /** Length and type of the next chunk. */
  private ByteBuffer head() throws IOException {
    byte[] head = part(8);
    left = ByteBuffer.wrap(head).getInt() & 0xffffffffL;
    type = new String(head, 4, 4, StandardCharsets.ISO_8859_1);
    if (left > Integer.MAX_VALUE || !type.matches("[A-Za-z]{4}")) {
      throw damaged("what should be a chunk is none");
    }
    crc.reset();
    crc.update(head, 4, 4);
    return ByteBuffer.wrap(head);
  }

  private byte[] part(int length) throws IOException {
    byte[] bytes = new byte[length];
    try {
      in.readFully(bytes);
    } catch (EOFException e) {
      throw damaged("it ends in the middle");
    }
    return bytes;
  }

  private IOException damaged(String how) {
    return new IOException(
        file + " is a damaged PNG file: " + how + "; get or save it again, or take it out");
  }

  private byte[] unpackedProfile() throws IOException {
    int name = 0;
    while (name < profile.length && profile[name] != 0) {
      name++;
    }
    if (name + 2 >= profile.length) {
      return new byte[0];
    }
    return unpacked(profile, name + 2, LIMIT).orElse(new byte[0]);
  }

  /** What deflated bytes unpack to; empty if that is over a limit. */
  private Optional<byte[]> unpacked(byte[] bytes, int from, int limit) throws IOException {
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      byte[] all = in.readNBytes(limit + 1);
      return all.length > limit ? Optional.empty() : Optional.of(all);
    } catch (ZipException | EOFException e) {
      throw damaged("what it packs cannot be unpacked");
    }
  }

  /**
   * The text that a PNG file holds under a keyword, from tEXt, zTXt or iTXt.
   *
   * @param limit most bytes of the text, packed or unpacked
   * @throws IOException if the file is damaged or the text is larger
   */
  static Optional<String> text(Path file, InputStream stream, String keyword, int limit)
      throws IOException {
    PngFile png = new PngFile(file, stream);
    byte[] wanted = (keyword + '\0').getBytes(StandardCharsets.ISO_8859_1);
    while (true) {
      png.head();
      if (png.type.equals("IEND")) {
        return Optional.empty();
      }
      boolean text = Set.of("tEXt", "zTXt", "iTXt").contains(png.type);
      byte[] start = png.part((int) Math.min(png.left, text ? wanted.length : 0));
      png.left -= start.length;
      if (text && Arrays.equals(start, wanted)) {
        if (png.left > limit) {
          throw tooLong(file, keyword, limit);
        }
        return Optional.of(png.text(png.part((int) png.left), keyword, limit));
      }
      png.in.skipNBytes(png.left + 4);
    }
  }

  private String text(byte[] body, String keyword, int limit) throws IOException {
    if (type.equals("tEXt")) {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
    boolean utf8 = type.equals("iTXt");
    int at = 1;
    boolean packed = true;
    if (utf8) {
      packed = body.length > 0 && body[0] == 1;
      at = 2;
      for (int names = 0; names < 2 && at < body.length; at++) {
        names += body[at] == 0 ? 1 : 0;
      }
    }
    if (at > body.length) {
      throw damaged("its text '" + keyword + "' is incomplete");
    }
    byte[] bytes =
        packed
            ? unpacked(body, at, limit).orElseThrow(() -> tooLong(file, keyword, limit))
            : Arrays.copyOfRange(body, at, body.length);
    return new String(bytes, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
  }

  private static IOException tooLong(Path file, String keyword, int limit) {
    return new IOException(
        file + ": the text '" + keyword + "' is larger than " + (limit >> 20) + " MiB");
  }
}
