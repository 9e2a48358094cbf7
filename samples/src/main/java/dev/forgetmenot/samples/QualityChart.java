package dev.forgetmenot.samples;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Lines of recognised images, in percent, against what they cost. */
final class QualityChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  private final String cost;
  private final Map<String, List<double[]>> lines = new LinkedHashMap<>();

  /** Begins a chart; the text stands below its axis. */
  QualityChart(String cost) {
    this.cost = cost;
  }

  /** Adds a point to the line of that name. */
  void add(String line, double at, double percent) {
    lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new double[] {at, percent});
  }

  /** Writes a PNG file. */
  void write(Path file) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(cost)
            .yAxisTitle("recognised, % of images")
            .build();
    chart.getStyler().setDecimalPattern("0.##");
    chart.getStyler().setYAxisMax(100.0);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    lines.forEach(
        (name, points) ->
            chart.addSeries(
                name,
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray()));
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
  }
}
