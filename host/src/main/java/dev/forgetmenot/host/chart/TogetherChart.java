package dev.forgetmenot.host.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/**
 * Draws what is left of concepts, and what others lose, against how many are forgotten at once: two
 * charts beside each other, a line for each method.
 *
 * @param points in the order of the legend
 */
public record TogetherChart(List<? extends TogetherChart.Point> points) {
  private static final int SIDE = 560;

  /** One number of concepts by one method. */
  public interface Point {
    /** The line that it is on. */
    String series();

    /** How many concepts are forgotten at once, 1 or more. */
    int concepts();

    /** Of their images those that are still recognised, in percent. */
    double leftPercent();

    /** By how much the share of others that are recognised changed, in hundredths. */
    double points();
  }

  /** Copies the list. */
  public TogetherChart {
    points = List.copyOf(points);
  }

  /** Draws it. */
  public BufferedImage draw() {
    BufferedImage both = new BufferedImage(2 * SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = both.createGraphics();
    pen.drawImage(chart("left, % of images", 0, 100, Point::leftPercent), 0, 0, null);
    pen.drawImage(chart("others, change in points", -100, 20, Point::points), SIDE, 0, null);
    pen.dispose();
    return both;
  }

  private BufferedImage chart(String axis, double from, double to, ToDoubleFunction<Point> value) {
    XYChart chart =
        new XYChartBuilder()
            .width(SIDE)
            .height(SIDE)
            .xAxisTitle("concepts forgotten at once")
            .yAxisTitle(axis)
            .build();
    chart.getStyler().setDecimalPattern("0.#");
    chart.getStyler().setXAxisMin(0.0).setYAxisMin(from).setYAxisMax(to);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    points.forEach(one -> lines.computeIfAbsent(one.series(), key -> new ArrayList<>()).add(one));
    lines.forEach(
        (name, line) ->
            chart.addSeries(
                name,
                line.stream().mapToDouble(Point::concepts).toArray(),
                line.stream().mapToDouble(value).toArray()));
    return BitmapEncoder.getBufferedImage(chart);
  }
}
