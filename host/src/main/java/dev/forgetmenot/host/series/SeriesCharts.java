package dev.forgetmenot.host.series;

import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Four charts over the concepts of a series, in each the concepts sorted by the value.
 *
 * @param entries measured ones, at least one
 */
record SeriesCharts(Operation operation, List<SeriesEntry> entries) {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;

  /** What a chart shows of each concept. */
  private record Chart(String axis, Map<String, ToDoubleFunction<SeriesEntry>> lines) {}

  BufferedImage draw() {
    List<Chart> charts = new ArrayList<>();
    charts.add(
        operation == Operation.FORGET
            ? new Chart("left, % of images", Map.of("left", e -> 100 * share(e, true)))
            : new Chart(
                "dominant instance, % of images",
                Map.of("before", e -> 100 * share(e, false), "after", e -> 100 * share(e, true))));
    charts.add(new Chart("others, change in points", Map.of("others", e -> change(e, Role.OTHER))));
    charts.add(
        operation == Operation.FORGET
            ? new Chart("near, change in points", Map.of("near", e -> change(e, Role.NEAR)))
            : new Chart("own names, change in points", Map.of("own", this::ownNames)));
    charts.add(
        new Chart(
            "seconds",
            Map.of("patch", SeriesEntry::seconds, "with its report", SeriesEntry::wholeSeconds)));
    BufferedImage all = new BufferedImage(2 * WIDTH, 2 * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = all.createGraphics();
    for (int i = 0; i < charts.size(); i++) {
      pen.drawImage(draw(charts.get(i)), i % 2 * WIDTH, i / 2 * HEIGHT, null);
    }
    pen.dispose();
    return all;
  }

  private BufferedImage draw(Chart chart) {
    XYChart drawn =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("concepts, sorted")
            .yAxisTitle(chart.axis())
            .build();
    drawn.getStyler().setDecimalPattern("0.#").setChartBackgroundColor(Color.WHITE);
    drawn.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    double[] places = IntStream.rangeClosed(1, entries.size()).asDoubleStream().toArray();
    chart.lines().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            line ->
                drawn
                    .addSeries(
                        line.getKey(),
                        places,
                        entries.stream().mapToDouble(line.getValue()).sorted().toArray())
                    .setMarker(SeriesMarkers.CIRCLE));
    return BitmapEncoder.getBufferedImage(drawn);
  }

  /** What is left of a concept, or the share of the instance that a word shows most. */
  private double share(SeriesEntry entry, boolean after) {
    Row row = entry.reported().concept();
    String label =
        operation == Operation.FORGET ? row.phrase() : row.before().keySet().iterator().next();
    return (double) (after ? row.after() : row.before()).getOrDefault(label, 0) / row.images();
  }

  private double ownNames(SeriesEntry entry) {
    return change(entry, Role.INSTANCE);
  }

  private static double change(SeriesEntry entry, Role role) {
    Judgement judgement = entry.reported();
    return judgement.rows(role).isEmpty() ? 0 : ForgettingColumns.change(judgement.rows(role));
  }
}
