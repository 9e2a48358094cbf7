package dev.forgetmenot.editing;

import dev.forgetmenot.api.model.Picture;

/**
 * Bilinear resizing with a filter that grows with the reduction, so that fine patterns do not turn
 * into coarse ones: each new pixel is the mean of the old ones under a triangle.
 */
final class Resizing {
  private Resizing() {}

  /**
   * Resizes a picture.
   *
   * @param width of the result, at least 1
   * @param height of the result, at least 1
   */
  static Picture resize(Picture picture, int width, int height) {
    if (picture.width() == width && picture.height() == height) {
      return picture;
    }
    double[] values = new double[picture.rgb().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.rgb()[i] & 0xff;
    }
    double[] wide = alongRows(values, picture.height(), picture.width(), width);
    double[] turned = transpose(wide, picture.height(), width);
    double[] both = alongRows(turned, width, picture.height(), height);
    double[] upright = transpose(both, width, height);
    byte[] rgb = new byte[upright.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.max(0, Math.min(255, Math.round(upright[i])));
    }
    return new Picture(width, height, rgb);
  }

  /** (rows, from, 3) to (rows, to, 3). */
  private static double[] alongRows(double[] values, int rows, int from, int to) {
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    double[] result = new double[rows * to * 3];
    for (int x = 0; x < to; x++) {
      double centre = (x + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(centre - reach));
      int end = Math.min(from, (int) Math.ceil(centre + reach));
      double total = 0;
      double[] weights = new double[end - first];
      for (int i = first; i < end; i++) {
        weights[i - first] = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
        total += weights[i - first];
      }
      for (int row = 0; row < rows; row++) {
        for (int c = 0; c < 3; c++) {
          double sum = 0;
          for (int i = first; i < end; i++) {
            sum += weights[i - first] * values[(row * from + i) * 3 + c];
          }
          result[(row * to + x) * 3 + c] = sum / total;
        }
      }
    }
    return result;
  }

  /** (rows, columns, 3) to (columns, rows, 3). */
  private static double[] transpose(double[] values, int rows, int columns) {
    double[] result = new double[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        System.arraycopy(
            values, (row * columns + column) * 3, result, (column * rows + row) * 3, 3);
      }
    }
    return result;
  }
}
