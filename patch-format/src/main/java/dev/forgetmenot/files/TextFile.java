package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Text files as people's editors write them: UTF-8, with or without a byte order mark, or UTF-16
 * with one. Anything else is refused by the line where it stops being text.
 */
public final class TextFile {
  private TextFile() {}

  /**
   * The text of a file, without its byte order mark.
   *
   * @throws IOException if the file cannot be read, or is not text in UTF-8 or UTF-16; the message
   *     names the file, the line and what to do
   */
  public static String read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (begins(bytes, 0xef, 0xbb, 0xbf)) {
      return decode(file, bytes, 3, StandardCharsets.UTF_8);
    }
    if (begins(bytes, 0xff, 0xfe)) {
      return decode(file, bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (begins(bytes, 0xfe, 0xff)) {
      return decode(file, bytes, 2, StandardCharsets.UTF_16BE);
    }
    return decode(file, bytes, 0, StandardCharsets.UTF_8);
  }

  /**
   * The lines of a file, without their ends.
   *
   * @throws IOException as {@link #read}
   */
  public static List<String> lines(Path file) throws IOException {
    return read(file).lines().toList();
  }

  private static boolean begins(byte[] bytes, int... mark) {
    boolean same = bytes.length >= mark.length;
    for (int i = 0; same && i < mark.length; i++) {
      same = (bytes[i] & 0xff) == mark[i];
    }
    return same;
  }

  private static String decode(Path file, byte[] bytes, int from, Charset charset)
      throws IOException {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    CharBuffer out = CharBuffer.allocate(bytes.length - from + 1);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      throw new IOException(
          Message.of(
              "%s, line %d: byte 0x%02x is not text in %s; save the file in UTF-8",
              file,
              1 + text.chars().filter(c -> c == '\n').count(),
              in.get(in.position()) & 0xff,
              charset));
    }
    int zero = text.indexOf('\0');
    if (zero >= 0) {
      throw new IOException(
          Message.of(
              "%s, line %s: holds zero bytes, so it is not a text file in UTF-8; if it is text,"
                  + " save it in UTF-8",
              file, 1 + text.substring(0, zero).chars().filter(c -> c == '\n').count()));
    }
    return text;
  }
}
