package dev.forgetmenot.host.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws a loss curve: the loss and its moving mean on the left axis, the gradient norm on the right
 * one.
 *
 * @param title one line above
 * @param points one or more steps
 */
public record LossChart(String title, List<LossCurve.Point> points) {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 520;
  private static final int GRADIENT_AXIS = 1;
  private static final float THICK = 2.5f;
  private static final Color LOSS = new Color(0x9d, 0xb8, 0xd9);
  private static final Color MEAN = new Color(0x1f, 0x4e, 0x8c);
  private static final Color GRADIENT = new Color(0xd9, 0x7b, 0x29);

  /** Copies the points; there must be one. */
  public LossChart {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a loss chart needs at least one step");
    }
  }

  /** Draws it. */
  public BufferedImage draw() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("loss")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart
        .getStyler()
        .setYAxisGroupPosition(GRADIENT_AXIS, Styler.YAxisPosition.Right)
        .setMarkerSize(4);
    chart.setYAxisGroupTitle(GRADIENT_AXIS, "gradient norm");
    series(chart, "gradient norm", GRADIENT, 2, LossCurve.Point::gradientNorm, GRADIENT_AXIS);
    series(chart, "loss", LOSS, 2, LossCurve.Point::loss, 0);
    String mean = "mean of " + LossCurve.WINDOW + " steps";
    series(chart, mean, MEAN, THICK, LossCurve.Point::mean, 0);
    return BitmapEncoder.getBufferedImage(chart);
  }

  private void series(
      XYChart chart,
      String name,
      Color color,
      float width,
      ToDoubleFunction<LossCurve.Point> value,
      int axis) {
    double[] steps = points.stream().mapToDouble(LossCurve.Point::step).toArray();
    double[] values = points.stream().mapToDouble(value).toArray();
    chart
        .addSeries(name, steps, values)
        .setMarker(steps.length > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE)
        .setMarkerColor(color)
        .setLineColor(color)
        .setLineStyle(new BasicStroke(width))
        .setYAxisGroup(axis);
  }
}
