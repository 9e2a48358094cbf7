package dev.forgetmenot.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.evaluation.measure.Cmmd;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.ComparisonSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws all things that a model knows in several ways, which take turns: how much faster than the
 * first way each is, how far its images are from the first way's, and how many both judges
 * recognise; a table, a chart of recognition against time, and a sheet of images.
 */
public final class CompareLessWork {
  private static final int TURN = 32; // images
  private static final int WARM = 4; // images
  private static final int SHOWN = 5;

  private final JudgedModel judged;
  private final List<Column> columns;
  private final List<String> labels = new ArrayList<>();

  /** One way, the images that it drew, and the seconds of each turn. */
  private record Column(WayOfDrawing way, List<RgbImage> images, List<Double> seconds) {}

  private CompareLessWork(JudgedModel judged, List<WayOfDrawing> ways) {
    this.judged = judged;
    columns =
        ways.stream().map(way -> new Column(way, new ArrayList<>(), new ArrayList<>())).toList();
  }

  /** Arguments: model folder, output folder, seeds of each thing, ways. */
  public static void main(String[] args) throws IOException {
    if (args.length < 4) {
      throw new IllegalArgumentException(
          "arguments: MODEL OUTPUT SEEDS \"WAY\" \"WAY\" ...; a way is such as \"sampler=ddim"
              + " guidance-until=0.6\", and the first is what the others are compared with");
    }
    Path output = Files.createDirectories(Path.of(args[1]));
    List<WayOfDrawing> ways = Arrays.stream(args).skip(3).map(WayOfDrawing::parse).toList();
    try (JudgedModel judged = JudgedModel.open(Path.of(args[0]), output)) {
      CompareLessWork compared = new CompareLessWork(judged, ways);
      compared.draw(judged.things(), Integer.parseInt(args[2]), output);
    }
  }

  /**
   * Every turn begins with another way; some images are drawn before, for warmth. What is known is
   * written after each turn.
   */
  private void draw(List<String> things, int seeds, Path output) throws IOException {
    turn(things.subList(0, Math.min(WARM, things.size())), 0, 0);
    columns.forEach(column -> column.images().clear());
    columns.forEach(column -> column.seconds().clear());
    labels.clear();
    int turn = 0;
    for (int seed = 0; seed < seeds; seed++) {
      for (int from = 0; from < things.size(); from += TURN) {
        turn(things.subList(from, Math.min(things.size(), from + TURN)), seed, turn++);
        write(output);
      }
    }
  }

  private void turn(List<String> things, int seed, int number) {
    List<Column> order = new ArrayList<>(columns);
    Collections.rotate(order, number);
    for (Column column : order) {
      long began = System.nanoTime();
      var settings = column.way().settings();
      column.images().addAll(judged.draw(settings.seeds(settings.seed() + seed, 1), things, 1));
      column.seconds().add((System.nanoTime() - began) * 1e-9);
    }
    labels.addAll(things);
  }

  private void write(Path output) throws IOException {
    StringBuilder table =
        new StringBuilder("| way | times as fast (lowest to highest) | mean difference, of 255 |")
            .append(" CMMD | judge B, % | judge A, % |\n|---|---|---|---|---|---|\n");
    QualityChart chart = new QualityChart("time, share of the first way's");
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    Column first = columns.get(0);
    UnitRows expected = UnitRows.of(judged.embeddings(first.images()));
    for (Column column : columns) {
      float[][] seen = judged.embeddings(column.images());
      double b = percent("B", seen);
      double[] ratios = ratios(first, column);
      String speed =
          Message.of("%.2f (%.2f to %.2f)", median(ratios), ratios[0], ratios[ratios.length - 1]);
      table.append(
          Message.of(
              "| %s | %s | %.2f | %.3f | %.1f | %.1f |\n",
              column.way().name(),
              speed,
              difference(first, column),
              Cmmd.of(expected, UnitRows.of(seen)).unbiased(),
              b,
              percent("A", seen)));
      chart.add(column.way().name(), 1 / median(ratios), b);
      rows.add(
          new ComparisonSheet.Row(
              column.way().name(), speed + " times as fast", shown(column, 0), shown(column, 1)));
    }
    table.append(
        Message.of("\n%s images a way, in %s turns\n", labels.size(), first.seconds().size()));
    Files.writeString(output.resolve("table.md"), table, UTF_8);
    chart.write(output.resolve("chart.png"));
    var sheet = new ComparisonSheet("Less work", "", "", "the first way is plain", rows);
    PngFile.write(output.resolve("sheet.png"), sheet.draw(), "");
  }

  private double percent(String judge, float[][] seen) {
    return 100.0 * judged.right(judge, seen, labels) / seen.length;
  }

  /** Images at even distances, so that neighbours of the list do not fill the sheet. */
  private static List<RgbImage> shown(Column column, int half) {
    int all = column.images().size();
    int step = Math.max(1, all / (2 * SHOWN));
    return IntStream.range(half * SHOWN, (half + 1) * SHOWN)
        .mapToObj(i -> column.images().get(i * step % all))
        .toList();
  }

  /** The mean of all channels of all pixels. */
  private static double difference(Column one, Column other) {
    double sum = 0;
    for (int i = 0; i < one.images().size(); i++) {
      RgbImage image = one.images().get(i);
      sum += (double) image.absoluteDifference(other.images().get(i)) / image.rgb().length;
    }
    return sum / one.images().size();
  }

  /** Of each turn, ascending. */
  private static double[] ratios(Column first, Column other) {
    double[] ratios = new double[first.seconds().size()];
    Arrays.setAll(ratios, i -> first.seconds().get(i) / other.seconds().get(i));
    Arrays.sort(ratios);
    return ratios;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
