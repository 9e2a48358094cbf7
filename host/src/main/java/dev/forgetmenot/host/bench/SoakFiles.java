package dev.forgetmenot.host.bench;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The samples in a folder: {@code soak.csv} for programs and {@code soak.png} for people.
 *
 * @param folder an existing folder
 */
public record SoakFiles(Path folder) {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 300;
  private static final double MIB = 1 << 20;

  /** Both. */
  public List<Path> files() {
    return List.of(folder.resolve("soak.csv"), folder.resolve("soak.png"));
  }

  /** Writes both; an earlier one of each is replaced. */
  public void write(List<SoakSample> samples) throws IOException {
    AtomicFile.write(files().get(0), csv(samples).getBytes(StandardCharsets.UTF_8));
    PngFile.write(files().get(1), chart(samples), "");
  }

  static String csv(List<SoakSample> samples) throws IOException {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
      printer.printRecord(
          "images",
          "forgettings",
          "at (s)",
          "seconds an image",
          "processor seconds an image",
          "resident",
          "outside of the heap",
          "heap in use",
          "open arrays");
      for (SoakSample sample : samples) {
        printer.printRecord(
            sample.images(),
            sample.forgettings(),
            sample.at(),
            sample.seconds(),
            sample.processorSeconds(),
            sample.resident(),
            sample.outside(),
            sample.heap(),
            sample.arrays());
      }
    }
    return text.toString();
  }

  private static BufferedImage chart(List<SoakSample> samples) {
    List<XYChart> charts =
        List.of(
            chart(
                samples,
                "MiB",
                Map.of(
                    "resident", sample -> sample.resident() / MIB,
                    "outside of the Java heap", sample -> sample.outside() / MIB)),
            chart(samples, "MiB", Map.of("Java heap in use", sample -> sample.heap() / MIB)),
            chart(samples, "arrays", Map.of("open arrays", SoakSample::arrays)),
            chart(
                samples,
                "seconds an image",
                Map.of("clock", SoakSample::seconds, "processor", SoakSample::processorSeconds)));
    BufferedImage all = new BufferedImage(2 * WIDTH, 2 * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = all.createGraphics();
    for (int i = 0; i < charts.size(); i++) {
      pen.drawImage(
          BitmapEncoder.getBufferedImage(charts.get(i)), i % 2 * WIDTH, i / 2 * HEIGHT, null);
    }
    pen.dispose();
    return all;
  }

  private static XYChart chart(
      List<SoakSample> samples, String axis, Map<String, ToDoubleFunction<SoakSample>> lines) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("images")
            .yAxisTitle(axis)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE);
    double[] images = samples.stream().mapToDouble(SoakSample::images).toArray();
    double most = 0;
    for (String name : lines.keySet().stream().sorted().toList()) {
      double[] values = samples.stream().mapToDouble(lines.get(name)).toArray();
      chart.addSeries(name, images, values).setMarker(SeriesMarkers.NONE);
      for (double value : values) {
        most = Math.max(most, value);
      }
    }
    chart.getStyler().setYAxisMin(0.0); // so that flat looks flat
    chart.getStyler().setYAxisMax(Math.max(1.2 * most, 1e-6));
    return chart;
  }
}
