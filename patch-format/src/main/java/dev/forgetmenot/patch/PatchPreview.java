package dev.forgetmenot.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * An image in a patch that shows what the patch does.
 *
 * @param entry the PNG file in the archive, such as {@code docs/preview-1.png}
 * @param side whether the model that drew it had the patch
 * @param prompt what was drawn
 * @param seed of its random numbers, 0 to 2^63 - 1
 * @param strength of the patch; 0 before
 */
public record PatchPreview(String entry, Side side, String prompt, long seed, double strength) {
  /** Most images in a patch. */
  public static final int MOST = 8;

  /** Most pixels of a side. */
  public static final int MOST_PIXELS = 512;

  /** Most bytes of an image. */
  public static final int MOST_BYTES = 512 << 10;

  /** The signature, then length, type, content and check sum of the chunk IHDR. */
  private static final int HEAD = 8 + 4 + 4 + 13 + 4;

  private static final byte[] START =
      "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR".getBytes(StandardCharsets.ISO_8859_1);

  /** Whether a model had the patch. */
  public enum Side {
    BEFORE,
    AFTER;

    /** As the manifest says it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An image that becomes one of a patch, see {@link PatchPreview}.
   *
   * @param png the file, as {@link #check} asks it to be; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  public record Image(Side side, String prompt, long seed, double strength, byte[] png) {}

  /**
   * Looks at the beginning of a PNG file; nothing of it is unpacked.
   *
   * @param where begins the message of what is wrong
   * @throws PatchFormatException FMN-118 if it is none, or has too many bytes or pixels
   */
  public static void check(String where, byte[] png) throws PatchFormatException {
    checkSize(where, png.length);
    ByteBuffer head = ByteBuffer.wrap(png);
    CRC32 crc = new CRC32();
    if (png.length >= HEAD) {
      crc.update(png, 12, HEAD - 4 - 12);
    }
    if (png.length < HEAD
        || head.mismatch(ByteBuffer.wrap(START)) != START.length
        || head.getInt(HEAD - 4) != (int) crc.getValue()) {
      throw refuse(where, "is not a PNG image");
    }
    long width = head.getInt(16) & 0xffffffffL;
    long height = head.getInt(20) & 0xffffffffL;
    if (Math.min(width, height) < 1 || Math.max(width, height) > MOST_PIXELS) {
      throw refuse(where, "has " + width + " × " + height + " pixels");
    }
  }

  static void checkSize(String where, long bytes) throws PatchFormatException {
    if (bytes > MOST_BYTES) {
      throw refuse(where, "has " + bytes + " bytes");
    }
  }

  private static PatchFormatException refuse(String where, String fact) {
    return new PatchFormatException(
        PatchError.PREVIEW,
        where,
        Message.of(
            "%s; expected a PNG image of 1 to %s pixels a side and at most %s bytes. Take it out, or"
                + " make it smaller",
            fact, MOST_PIXELS, MOST_BYTES));
  }
}
