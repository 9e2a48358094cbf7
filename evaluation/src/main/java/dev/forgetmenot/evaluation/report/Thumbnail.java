package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.ImageOutputStream;

/** A small JPEG of an image, as a page holds it. */
final class Thumbnail {
  /** The longer side is no longer than this, in pixels. */
  static final int SIDE = 96;

  private static final float QUALITY = 0.88f;

  private Thumbnail() {}

  /** The Base64 text of the JPEG file. */
  static String base64(RgbImage image) throws IOException {
    return Base64.getEncoder().encodeToString(jpeg(buffered(reduced(image))));
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage copy =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    for (int i = 0; i < image.width() * image.height(); i++) {
      int pixel = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | (rgb[3 * i + 2] & 255);
      copy.setRGB(i % image.width(), i / image.width(), pixel);
    }
    return copy;
  }

  private static RgbImage reduced(RgbImage image) {
    int side = Math.max(image.width(), image.height());
    return side <= SIDE
        ? image
        : PillowResize.resize(
            image,
            Math.max(1, image.width() * SIDE / side),
            Math.max(1, image.height() * SIDE / side),
            false);
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      if (parameters instanceof JPEGImageWriteParam jpeg) {
        jpeg.setOptimizeHuffmanTables(true);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
