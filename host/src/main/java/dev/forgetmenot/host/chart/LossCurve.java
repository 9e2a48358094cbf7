package dev.forgetmenot.host.chart;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What each step of a training lost: a table for programs and a chart for people. One thread at a
 * time.
 */
public final class LossCurve {
  private static final String HEAD = "step,loss,gradient_norm,moving_mean";

  /** How many steps, the last one among them, the moving mean is over. */
  public static final int WINDOW = 10;

  private final List<Point> points = new ArrayList<>();

  /**
   * One step.
   *
   * @param step from 1
   * @param loss before the step
   * @param gradientNorm before the clip
   * @param mean of the losses of the last {@link #WINDOW} steps
   */
  public record Point(int step, double loss, double gradientNorm, double mean) {}

  /** Adds a step; what was known of it and of later ones is forgotten: a training was resumed. */
  public void add(int step, double loss, double gradientNorm) {
    points.removeIf(point -> point.step >= step);
    double sum = loss;
    int from = Math.max(0, points.size() - (WINDOW - 1));
    for (Point point : points.subList(from, points.size())) {
      sum += point.loss;
    }
    points.add(new Point(step, loss, gradientNorm, sum / (points.size() - from + 1)));
  }

  /** The steps so far, in order. */
  public List<Point> points() {
    return List.copyOf(points);
  }

  /**
   * Reads what {@link #writeCsv} wrote, for a training that is resumed.
   *
   * @throws IOException if the file cannot be read or holds something else
   */
  public static LossCurve read(Path csv) throws IOException {
    LossCurve curve = new LossCurve();
    List<String> lines = TextFile.lines(csv);
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split(",", -1);
        curve.add(
            Integer.parseInt(cells[0]), Double.parseDouble(cells[1]), Double.parseDouble(cells[2]));
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(csv + " is not a loss curve: move it away", e);
    }
    return curve;
  }

  /** Writes the table beside its place and moves it there. */
  public void writeCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    for (Point point : points) {
      text.append(point.step)
          .append(',')
          .append(point.loss)
          .append(',')
          .append(point.gradientNorm)
          .append(',')
          .append(point.mean)
          .append('\n');
    }
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
