package dev.forgetmenot.host.share;

import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.patch.PatchPreview;
import java.io.IOException;

/** Images as patches hold them: small PNG files of pixels alone, without texts about them. */
public final class PreviewPng {
  private PreviewPng() {}

  /**
   * A PNG file that a patch may hold, {@link PatchPreview#MOST_PIXELS} and {@link
   * PatchPreview#MOST_BYTES}.
   *
   * @param most pixels of the longer side; a larger image is made smaller
   */
  public static byte[] of(RgbImage image, int most) throws IOException {
    byte[] png = PngFile.bytes(smaller(image, Math.min(most, PatchPreview.MOST_PIXELS)));
    return png.length > PatchPreview.MOST_BYTES ? of(image, most / 2) : png;
  }

  private static RgbImage smaller(RgbImage image, int most) {
    double scale = (double) most / Math.max(image.width(), image.height());
    return scale >= 1
        ? image
        : PillowResize.resize(
            image, scaled(image.width(), scale), scaled(image.height(), scale), true);
  }

  private static int scaled(int side, double scale) {
    return Math.max(1, (int) Math.round(side * scale));
  }
}
