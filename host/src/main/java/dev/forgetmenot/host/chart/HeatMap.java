package dev.forgetmenot.host.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tables of numbers as colours, one below the other, with the numbers in the cells.
 *
 * @param title one line above all
 * @param panels from top to bottom
 */
public record HeatMap(String title, List<Panel> panels) {
  private static final int CELL_WIDTH = 62;
  private static final int CELL_HEIGHT = 30;
  private static final int MARGIN = 20;
  private static final int PANEL_HEAD = 52;
  private static final double SLANT = -Math.PI / 5;
  private static final Color INK = new Color(0x22, 0x26, 0x2b);
  private static final Color PALE = new Color(0x6b, 0x72, 0x7b);
  private static final Color EMPTY = new Color(0xf1, 0xf2, 0xf4);
  private static final Color LOW = new Color(0x2b, 0x6c, 0xb0);
  private static final Color MIDDLE = new Color(0xfa, 0xfa, 0xf7);
  private static final Color HIGH = new Color(0xc0, 0x39, 0x2b);

  /**
   * One table.
   *
   * @param title above it
   * @param note a second line, smaller
   * @param rows labels
   * @param columns labels
   * @param cells by row and column; empty where there is nothing
   * @param low the number of the lowest colour: blue below 0, pale at 0
   * @param high the number of the deepest red, above 0
   */
  public record Panel(
      String title,
      String note,
      List<String> rows,
      List<String> columns,
      List<List<Optional<Double>>> cells,
      double low,
      double high) {
    /** Copies the lists; there are as many cells as labels say. */
    public Panel {
      rows = List.copyOf(rows);
      columns = List.copyOf(columns);
      cells = Collections.unmodifiableList(new ArrayList<>(cells));
      int width = columns.size();
      if (cells.size() != rows.size() || cells.stream().anyMatch(row -> row.size() != width)) {
        throw new IllegalArgumentException(
            "expected " + rows.size() + " rows of " + width + " cells in '" + title + "'");
      }
    }
  }

  /** Copies the list. */
  public HeatMap {
    panels = List.copyOf(panels);
  }

  /** Draws it. */
  public BufferedImage draw() {
    Fonts fonts = new Fonts();
    int labels = 0;
    int right = fonts.width(fonts.large, title);
    for (Panel panel : panels) {
      labels = Math.max(labels, fonts.widest(fonts.plain, panel.rows));
    }
    for (Panel panel : panels) {
      int grid = labels + MARGIN / 2 + panel.columns.size() * CELL_WIDTH;
      int slanted = fonts.widest(fonts.small, panel.columns);
      right = Math.max(right, grid + (int) (slanted * Math.cos(SLANT)) - CELL_WIDTH / 2);
      right = Math.max(right, fonts.width(fonts.bold, panel.title));
      right = Math.max(right, fonts.width(fonts.small, panel.note));
    }
    int height = MARGIN + 40;
    for (Panel panel : panels) {
      height += panelHeight(panel, fonts);
    }
    BufferedImage image = new BufferedImage(right + 2 * MARGIN, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, image.getWidth(), height);
      text(g, fonts.large, INK, title, MARGIN, MARGIN + 20);
      int y = MARGIN + 40;
      for (Panel panel : panels) {
        panel(g, fonts, panel, labels, y);
        y += panelHeight(panel, fonts);
      }
    } finally {
      g.dispose();
    }
    return image;
  }

  private static int columnsHeight(Panel panel, Fonts fonts) {
    int longest = fonts.widest(fonts.small, panel.columns);
    return (int) Math.ceil(longest * Math.sin(-SLANT)) + 16;
  }

  private static int panelHeight(Panel panel, Fonts fonts) {
    return PANEL_HEAD + columnsHeight(panel, fonts) + panel.rows.size() * CELL_HEIGHT + 2 * MARGIN;
  }

  private static void panel(Graphics2D g, Fonts fonts, Panel panel, int labels, int y) {
    text(g, fonts.bold, INK, panel.title, MARGIN, y + 18);
    text(g, fonts.small, PALE, panel.note, MARGIN, y + 36);
    int left = MARGIN + labels + MARGIN / 2;
    int top = y + PANEL_HEAD + columnsHeight(panel, fonts);
    for (int column = 0; column < panel.columns.size(); column++) {
      AffineTransform upright = g.getTransform();
      g.translate(left + column * CELL_WIDTH + CELL_WIDTH / 2, top - 6);
      g.rotate(SLANT);
      text(g, fonts.small, INK, panel.columns.get(column), 0, 0);
      g.setTransform(upright);
    }
    for (int row = 0; row < panel.rows.size(); row++) {
      int cellTop = top + row * CELL_HEIGHT;
      String label = panel.rows.get(row);
      int baseline = cellTop + CELL_HEIGHT / 2 + 5;
      int start = left - MARGIN / 2 - fonts.width(fonts.plain, label);
      text(g, fonts.plain, INK, label, start, baseline);
      for (int column = 0; column < panel.columns.size(); column++) {
        Optional<Double> value = panel.cells.get(row).get(column);
        Color color = value.map(v -> color(v, panel.low, panel.high)).orElse(EMPTY);
        g.setColor(color);
        int cellLeft = left + column * CELL_WIDTH;
        g.fillRect(cellLeft, cellTop, CELL_WIDTH - 1, CELL_HEIGHT - 1);
        if (value.isPresent()) {
          String number = number(value.get());
          Color ink = brightness(color) > 0.6 ? INK : Color.WHITE;
          int indent = (CELL_WIDTH - fonts.width(fonts.small, number)) / 2;
          text(g, fonts.small, ink, number, cellLeft + indent, baseline);
        }
      }
    }
  }

  private static String number(double value) {
    double size = Math.abs(value);
    String pattern = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    String text = String.format(Locale.ROOT, pattern, value);
    return text.equals("-0.00") ? "0.00" : text;
  }

  private static Color color(double value, double low, double high) {
    return value >= 0
        ? between(MIDDLE, HIGH, Math.min(1, value / high))
        : between(MIDDLE, LOW, low < 0 ? Math.min(1, value / low) : 0);
  }

  private static Color between(Color from, Color to, double share) {
    return new Color(
        mixed(from.getRed(), to.getRed(), share),
        mixed(from.getGreen(), to.getGreen(), share),
        mixed(from.getBlue(), to.getBlue(), share));
  }

  private static int mixed(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * share);
  }

  private static double brightness(Color color) {
    return (0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue()) / 255;
  }

  private static void text(Graphics2D g, Font font, Color color, String text, int x, int y) {
    g.setFont(font);
    g.setColor(color);
    g.drawString(text, x, y);
  }

  /** Fonts and how wide texts are in them. */
  private static final class Fonts {
    private final Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private final Font small = plain.deriveFont(12f);
    private final Font bold = plain.deriveFont(Font.BOLD, 15f);
    private final Font large = plain.deriveFont(Font.BOLD, 20f);
    private final Graphics2D scratch =
        new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();

    int width(Font font, String text) {
      FontMetrics metrics = scratch.getFontMetrics(font);
      return metrics.stringWidth(text);
    }

    int widest(Font font, List<String> texts) {
      return texts.stream().mapToInt(text -> width(font, text)).max().orElse(0);
    }
  }
}
