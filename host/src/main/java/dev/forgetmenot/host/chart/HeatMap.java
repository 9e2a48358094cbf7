package dev.forgetmenot.host.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;

/**
 * Tables of numbers as colours, one below the other, with the numbers in the cells.
 *
 * @param title one line above all
 * @param panels from top to bottom
 */
public record HeatMap(String title, List<Panel> panels) {
  private static final int CELL_WIDTH = 62;
  private static final int CELL_HEIGHT = 30;
  private static final int LETTER = 8; // pixels of a letter, about
  private static final int FRAME = 60; // what a chart needs beside its cells and labels
  private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Color LOW = new Color(0x6f, 0xa3, 0xd8);
  private static final Color MIDDLE = new Color(0xfa, 0xfa, 0xf7);
  private static final Color HIGH = new Color(0xe0, 0x70, 0x60);

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

    private HeatMapChart chart(String heading, int width) {
      HeatMapChart chart =
          new HeatMapChartBuilder()
              .width(width)
              .height(height())
              .title(heading.isEmpty() ? title : heading + ": " + title)
              .xAxisTitle(note)
              .build();
      chart
          .getStyler()
          .setShowValue(true)
          .setHeatMapValueDecimalPattern("0.00")
          .setValueFont(LABEL)
          .setRangeColors(low < 0 ? new Color[] {LOW, MIDDLE, HIGH} : new Color[] {MIDDLE, HIGH})
          .setMin(low < 0 ? -high : 0)
          .setMax(high)
          .setPlotContentSize(1)
          .setLegendVisible(false)
          .setChartBackgroundColor(Color.WHITE);
      AxesChartStyler axes = chart.getStyler();
      axes.setXAxisLabelRotation(45)
          .setXAxisLabelAlignmentVertical(AxesChartStyler.TextAlignment.Right);
      axes.setAxisTitleFont(LABEL).setAxisTickLabelsFont(LABEL);
      List<Number[]> heat = new ArrayList<>();
      for (int row = 0; row < rows.size(); row++) {
        for (int column = 0; column < columns.size(); column++) {
          int y = rows.size() - 1 - row; // the first row is on top
          Optional<Double> value = cells.get(row).get(column);
          if (value.isPresent()) {
            heat.add(new Number[] {column, y, value.get()});
          }
        }
      }
      List<String> upwards = new ArrayList<>(rows);
      Collections.reverse(upwards);
      chart.addSeries("values", columns, upwards, heat);
      return chart;
    }

    private int width() {
      return FRAME + LETTER * longest(rows) + CELL_WIDTH * columns.size();
    }

    private int height() {
      return 2 * FRAME + LETTER * longest(columns) * 3 / 4 + CELL_HEIGHT * rows.size();
    }

    private static int longest(List<String> labels) {
      return labels.stream().mapToInt(String::length).max().orElse(0);
    }
  }

  /** Copies the list. */
  public HeatMap {
    panels = List.copyOf(panels);
  }

  /** Draws it. */
  public BufferedImage draw() {
    int width = panels.stream().mapToInt(Panel::width).max().orElse(1);
    width = Math.max(width, LETTER * title.length() * 2);
    int height = panels.stream().mapToInt(Panel::height).sum();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      for (int i = 0; i < panels.size(); i++) {
        Panel panel = panels.get(i);
        panel.chart(i == 0 ? title : "", width).paint(g, width, panel.height());
        g.translate(0, panel.height());
      }
    } finally {
      g.dispose();
    }
    return image;
  }
}
