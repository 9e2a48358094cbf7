package dev.forgetmenot.host.chart;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Rows of images under two headings, side by side: what a model drew before and what it draws
 * after.
 *
 * @param title one line above all
 * @param leftHeading above the left block
 * @param rightHeading above the right block
 * @param footer a line below, such as the settings of the images
 * @param rows one row a prompt
 */
public record ComparisonSheet(
    String title, String leftHeading, String rightHeading, String footer, List<Row> rows) {
  private static final int CELL = 112;
  private static final int GAP = 6;
  private static final int MARGIN = 20;
  private static final int MIDDLE = 28;
  private static final Color INK = new Color(0x22, 0x26, 0x2b);
  private static final Color PALE = new Color(0x6b, 0x72, 0x7b);

  /**
   * One row.
   *
   * @param label what was asked for
   * @param note a second line, smaller; may be empty
   * @param left images before
   * @param right images after, as many
   */
  public record Row(String label, String note, List<RgbImage> left, List<RgbImage> right) {}

  /** Copies the rows. */
  public ComparisonSheet {
    rows = List.copyOf(rows);
  }

  /** Draws the sheet. */
  public BufferedImage draw() {
    Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
    Font small = plain.deriveFont(12f);
    Font bold = plain.deriveFont(Font.BOLD, 16f);
    Font large = plain.deriveFont(Font.BOLD, 22f);
    int labels = labelWidth(plain, small);
    int columns =
        rows.stream().mapToInt(r -> Math.max(r.left.size(), r.right.size())).max().orElse(0);
    int block = columns * (CELL + GAP) - GAP;
    int left = MARGIN + labels + MARGIN;
    int right = left + block + MIDDLE;
    int top = MARGIN + 70;
    int width = right + block + MARGIN;
    int height = top + rows.size() * (CELL + GAP) + 40;

    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    try {
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, width, height);
      text(g, large, INK, title, MARGIN, MARGIN + 22);
      text(g, bold, INK, leftHeading, left, top - 14);
      text(g, bold, INK, rightHeading, right, top - 14);
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        int y = top + i * (CELL + GAP);
        text(g, plain, INK, row.label, MARGIN, y + CELL / 2);
        text(g, small, PALE, row.note, MARGIN, y + CELL / 2 + 20);
        images(g, row.left, left, y);
        images(g, row.right, right, y);
      }
      text(g, small, PALE, footer, MARGIN, height - 16);
    } finally {
      g.dispose();
    }
    return sheet;
  }

  private int labelWidth(Font plain, Font small) {
    BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = scratch.createGraphics();
    try {
      FontMetrics labels = g.getFontMetrics(plain);
      FontMetrics notes = g.getFontMetrics(small);
      return rows.stream()
          .mapToInt(r -> Math.max(labels.stringWidth(r.label), notes.stringWidth(r.note)))
          .max()
          .orElse(0);
    } finally {
      g.dispose();
    }
  }

  private static void images(Graphics2D g, List<RgbImage> images, int x, int y) {
    for (int i = 0; i < images.size(); i++) {
      g.drawImage(PngFile.image(images.get(i)), x + i * (CELL + GAP), y, CELL, CELL, null);
    }
  }

  private static void text(Graphics2D g, Font font, Color color, String text, int x, int y) {
    g.setFont(font);
    g.setColor(color);
    g.drawString(text, x, y);
  }
}
