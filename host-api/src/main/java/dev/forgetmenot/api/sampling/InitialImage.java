package dev.forgetmenot.api.sampling;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.Message;
import java.util.Optional;

/**
 * An image that drawing begins with in place of noise alone: image-to-image, and inpainting where
 * there is a mask. The last {@code int(steps · denoising)} steps are taken, as diffusers counts
 * them ({@code strength}).
 *
 * @param image of the size that is drawn
 * @param denoising how much of it is drawn anew, in (0, 1]; A1111's "Denoising strength"
 * @param mask of the same size: white is drawn anew, black stays as it is; a pixel counts as white
 *     where its brightness is 128 or more; empty to draw the whole image anew
 */
public record InitialImage(RgbImage image, double denoising, Optional<RgbImage> mask) {
  private static final int RED = 19595; // of 2¹⁶
  private static final int GREEN = 38470;
  private static final int BLUE = 7471;
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int WHITE = 128;

  /**
   * Checks the range and the sizes.
   *
   * @throws IllegalArgumentException if one does not fit
   */
  public InitialImage {
    if (!(denoising > 0 && denoising <= 1)) {
      throw new IllegalArgumentException("denoising strength must be in (0, 1], not " + denoising);
    }
    if (mask.isPresent()) {
      RgbImage given = mask.get();
      if (given.width() != image.width() || given.height() != image.height()) {
        throw new IllegalArgumentException(
            Message.of(
                "the mask of %s × %s pixels does not fit the image of %s × %s; give both one size",
                given.width(), given.height(), image.width(), image.height()));
      }
    }
  }

  /** Whether a pixel of a mask is white: its brightness (ITU-R 601, as Pillow's) is 128 or more. */
  public static boolean isWhite(RgbImage mask, int pixel) {
    byte[] rgb = mask.rgb();
    int at = 3 * pixel;
    int brightness =
        RED * (rgb[at] & 0xff) + GREEN * (rgb[at + 1] & 0xff) + BLUE * (rgb[at + 2] & 0xff);
    return (brightness + HALF) >> BITS >= WHITE;
  }

  /**
   * A drawn image with the pixels of the first one where the mask is black; the drawn one itself
   * where there is no mask.
   */
  public RgbImage keepIn(RgbImage drawn) {
    if (mask.isEmpty()) {
      return drawn;
    }
    byte[] rgb = drawn.rgb().clone();
    for (int pixel = 0; pixel < image.width() * image.height(); pixel++) {
      if (!isWhite(mask.get(), pixel)) {
        System.arraycopy(image.rgb(), 3 * pixel, rgb, 3 * pixel, 3);
      }
    }
    return new RgbImage(drawn.width(), drawn.height(), rgb);
  }

  /** How many of a request's steps are taken, the last ones. */
  public static int taken(int steps, double denoising) {
    return Math.min((int) (steps * denoising), steps);
  }
}
