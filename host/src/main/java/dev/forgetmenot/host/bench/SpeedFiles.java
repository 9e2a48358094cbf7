package dev.forgetmenot.host.bench;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/**
 * A measurement in a folder: {@code speed.csv} for programs and {@code speed.png} for people.
 *
 * @param folder an existing folder
 */
public record SpeedFiles(Path folder) {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 560;
  private static final int SLANTED = 40; // degrees

  /** Both. */
  public List<Path> files() {
    return List.of(folder.resolve("speed.csv"), folder.resolve("speed.png"));
  }

  /** Writes both; an earlier one of each is replaced. */
  public void write(List<SpeedRow> rows, String title) throws IOException {
    AtomicFile.write(files().get(0), csv(rows).getBytes(StandardCharsets.UTF_8));
    PngFile.write(files().get(1), chart(rows, title), "");
  }

  /** One line for each row; the values of all rounds stand in the last column. */
  static String csv(List<SpeedRow> rows) throws IOException {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
      printer.printRecord(
          "what",
          "precision",
          "size",
          "unit",
          "median",
          "least",
          "most",
          "gflop",
          "share of limit",
          "values");
      for (SpeedRow row : rows) {
        printer.printRecord(
            row.what(),
            row.precision(),
            row.size(),
            row.unit(),
            row.median(),
            row.least(),
            row.most(),
            text(row.gflop()),
            text(row.share()),
            row.values().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      }
    }
    return text.toString();
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
  }

  /** Seconds on a logarithmic axis, a colour for each precision. */
  private static BufferedImage chart(List<SpeedRow> rows, String title) {
    List<SpeedRow> timed = rows.stream().filter(row -> row.unit().equals("s")).toList();
    List<String> names =
        timed.stream().map(SpeedFiles::name).distinct().collect(Collectors.toList());
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (SpeedRow row : timed) {
      List<Double> values =
          series.computeIfAbsent(
              row.precision(), key -> new ArrayList<>(Collections.nCopies(names.size(), null)));
      values.set(names.indexOf(name(row)), row.median());
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle("seconds, median")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisLabelRotation(SLANTED);
    double least = timed.stream().mapToDouble(SpeedRow::median).min().orElse(1);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
    chart.getStyler().setDefaultSeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
    series.forEach((precision, values) -> chart.addSeries(precision, names, values));
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static String name(SpeedRow row) {
    return Message.of("%s, %s", row.what(), row.size());
  }
}
