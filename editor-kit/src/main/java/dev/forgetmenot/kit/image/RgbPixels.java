package dev.forgetmenot.kit.image;

import dev.forgetmenot.api.model.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * The pixels of a decoded image in sRGB on white. Grey values are taken as they are stored: Java
 * assigns them a linear colour space that hardly any file means, and conversion would change them.
 */
final class RgbPixels {
  private RgbPixels() {}

  /**
   * Brings an image to 8 bits of red, green and blue.
   *
   * @throws IOException if its samples are of a kind that is not supported
   */
  static RgbImage of(BufferedImage image) throws IOException {
    ColorModel model = image.getColorModel();
    ColorSpace space = model.getColorSpace();
    boolean grey = space.getType() == ColorSpace.TYPE_GRAY;
    BufferedImage source = image;
    if (!grey && !space.isCS_sRGB()) {
      source =
          new BufferedImage(
              image.getWidth(),
              image.getHeight(),
              model.hasAlpha() ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR);
      new ColorConvertOp(null).filter(image, source);
    }
    if (source.isAlphaPremultiplied()) {
      source.coerceData(false);
    }
    boolean samples = source.getColorModel() instanceof ComponentColorModel;
    byte[] rgb = new byte[Math.multiplyExact(3, source.getWidth() * source.getHeight())];
    int[] argb = new int[source.getWidth()];
    for (int y = 0; y < source.getHeight(); y++) {
      if (samples) {
        samples(source, y, argb);
      } else {
        source.getRGB(0, y, argb.length, 1, argb, 0, argb.length);
      }
      onWhite(argb, rgb, 3 * y * argb.length);
    }
    return new RgbImage(source.getWidth(), source.getHeight(), rgb);
  }

  private static void samples(BufferedImage image, int y, int[] argb) throws IOException {
    Raster raster = image.getRaster();
    int type = raster.getTransferType();
    if (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT) {
      throw new IOException("its values are neither 8 nor 16 bits wide");
    }
    int top = type == DataBuffer.TYPE_BYTE ? 255 : 65535;
    int bands = raster.getNumBands();
    boolean alpha = image.getColorModel().hasAlpha();
    int colours = image.getColorModel().getNumColorComponents();
    int[] values = raster.getPixels(0, y, argb.length, 1, new int[bands * argb.length]);
    for (int x = 0; x < argb.length; x++) {
      int at = x * bands;
      int pixel = alpha ? eight(values[at + colours], top) : 255;
      for (int c = 0; c < 3; c++) {
        pixel = pixel << 8 | eight(values[at + (colours == 1 ? 0 : c)], top);
      }
      argb[x] = pixel;
    }
  }

  private static int eight(int value, int top) {
    return (value * 255 + top / 2) / top;
  }

  private static void onWhite(int[] argb, byte[] rgb, int at) {
    for (int x = 0; x < argb.length; x++) {
      int alpha = argb[x] >>> 24;
      for (int c = 0; c < 3; c++) {
        int value = argb[x] >> (16 - 8 * c) & 0xff;
        rgb[at + 3 * x + c] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
}
