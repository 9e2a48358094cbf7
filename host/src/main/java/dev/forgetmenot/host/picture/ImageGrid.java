package dev.forgetmenot.host.picture;

import dev.forgetmenot.api.model.RgbImage;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Several pictures of one size in one, row by row, as near to a square as their number allows. */
public final class ImageGrid {
  private ImageGrid() {}

  /**
   * Lays pictures out.
   *
   * @param pictures one or more
   * @throws IllegalArgumentException if there is none
   */
  public static BufferedImage of(List<RgbImage> pictures) {
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("a grid needs at least one picture");
    }
    int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
    int rows = (pictures.size() + columns - 1) / columns;
    int width = pictures.stream().mapToInt(RgbImage::width).max().orElseThrow();
    int height = pictures.stream().mapToInt(RgbImage::height).max().orElseThrow();
    BufferedImage grid =
        new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = grid.createGraphics();
    try {
      for (int i = 0; i < pictures.size(); i++) {
        graphics.drawImage(
            PngImages.image(pictures.get(i)), i % columns * width, i / columns * height, null);
      }
    } finally {
      graphics.dispose();
    }
    return grid;
  }
}
