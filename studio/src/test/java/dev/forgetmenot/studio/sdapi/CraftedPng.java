package dev.forgetmenot.studio.sdapi;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Small PNG files that become large. */
final class CraftedPng {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  private static final String KEYWORD = "parameters\0";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private CraftedPng(int width, int height) throws IOException {
    bytes.writeBytes(SIGNATURE);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, 2, 0, 0, 0});
    chunk("IHDR", header.toByteArray());
  }

  /** An image that says that it has so many pixels, in base64. */
  static String ofSize(int width, int height) throws IOException {
    return new CraftedPng(width, height).end();
  }

  /**
   * An image whose text is inflated to so many bytes, in base64.
   *
   * @param type {@code zTXt} or {@code iTXt}
   */
  static String withText(String type, int megabytes) throws IOException {
    CraftedPng png = new CraftedPng(1, 1);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(KEYWORD.getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(type.equals("zTXt") ? new byte[1] : new byte[] {1, 0, 0, 0});
    text.writeBytes(deflated(megabytes));
    png.chunk(type, text.toByteArray());
    return png.end();
  }

  private static byte[] deflated(int megabytes) throws IOException {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(small)) {
      byte[] one = "a".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < megabytes; i++) {
        out.write(one);
      }
    }
    return small.toByteArray();
  }

  private String end() throws IOException {
    chunk("IDAT", deflated(0));
    chunk("IEND", new byte[0]);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private void chunk(String type, byte[] data) throws IOException {
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(data.length);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    out.write(name);
    out.write(data);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeInt((int) crc.getValue());
  }
}
