package dev.forgetmenot.evaluation.unit;

import dev.forgetmenot.api.model.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** An image as the bytes of a PNG file without any text. */
public final class PngImage {
  private PngImage() {}

  /**
   * Encodes without loss.
   *
   * @return the same bytes for the same pixels on one version of Java
   */
  public static byte[] bytes(RgbImage image) throws IOException {
    BufferedImage pixels =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    for (int i = 0; i < rgb.length / 3; i++) {
      int value =
          Byte.toUnsignedInt(rgb[3 * i]) << 16
              | Byte.toUnsignedInt(rgb[3 * i + 1]) << 8
              | Byte.toUnsignedInt(rgb[3 * i + 2]);
      pixels.setRGB(i % image.width(), i / image.width(), value);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(pixels, "png", out);
    return out.toByteArray();
  }
}
