package dev.forgetmenot.patch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/** Black PNG images, the same bytes on every machine: nothing in them is compressed. */
final class SamplePng {
  private SamplePng() {}

  /** An image of one bit a pixel, at most 65,535 bytes of them. */
  static byte[] of(int width, int height) {
    byte[] pixels = new byte[height * (1 + (width + 7) / 8)];
    Adler32 sum = new Adler32();
    sum.update(pixels);
    ByteBuffer stored = ByteBuffer.allocate(2 + 5 + pixels.length + 4);
    stored.put((byte) 0x78).put((byte) 0x01).put((byte) 1);
    stored.putShort(Short.reverseBytes((short) pixels.length));
    stored.putShort(Short.reverseBytes((short) ~pixels.length));
    stored.put(pixels).putInt((int) sum.getValue());
    return of(width, height, stored.array());
  }

  /**
   * An image that says these sizes.
   *
   * @param packed its pixels, whatever they are
   */
  static byte[] of(int width, int height, byte[] packed) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    byte[] header =
        ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 1).array(); // one bit, grey
    chunk(png, "IHDR", header);
    chunk(png, "IDAT", packed);
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    png.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    png.writeBytes(name);
    png.writeBytes(content);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
