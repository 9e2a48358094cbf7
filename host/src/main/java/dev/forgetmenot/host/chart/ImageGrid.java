package dev.forgetmenot.host.chart;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Several images of one size in one, row by row, as near to a square as their number allows. */
public final class ImageGrid {
  private ImageGrid() {}

  /**
   * Lays images out.
   *
   * @param images one or more
   * @throws IllegalArgumentException if there is none
   */
  public static BufferedImage of(List<RgbImage> images) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("a grid needs at least one image");
    }
    int columns = (int) Math.ceil(Math.sqrt(images.size()));
    int rows = (images.size() + columns - 1) / columns;
    int width = images.stream().mapToInt(RgbImage::width).max().orElseThrow();
    int height = images.stream().mapToInt(RgbImage::height).max().orElseThrow();
    BufferedImage grid =
        new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = grid.createGraphics();
    try {
      for (int i = 0; i < images.size(); i++) {
        graphics.drawImage(
            PngFile.image(images.get(i)), i % columns * width, i / columns * height, null);
      }
    } finally {
      graphics.dispose();
    }
    return grid;
  }
}
