package dev.forgetmenot.api.model;

import dev.forgetmenot.files.Message;

/**
 * An image, 8 bits a channel.
 *
 * @param width pixels
 * @param height pixels
 * @param rgb height · width · 3 bytes, row by row, red green blue; not copied: do not write to it
 */
@SuppressWarnings("ArrayRecordComponent") // images are carried, never compared or used as keys
public record RgbImage(int width, int height, byte[] rgb) {
  /** Checks the size. */
  public RgbImage {
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          Message.of(
              "expected %s bytes for %s × %s pixels, not %s",
              3L * width * height, width, height, rgb.length));
    }
  }

  /**
   * How far its pixels are from those of another image of the same size.
   *
   * @return the sum of the absolute differences of all values, 0 to 255 each
   */
  public long absoluteDifference(RgbImage other) {
    long sum = 0;
    for (int i = 0; i < rgb.length; i++) {
      sum += Math.abs((rgb[i] & 0xff) - (other.rgb[i] & 0xff));
    }
    return sum;
  }
}
