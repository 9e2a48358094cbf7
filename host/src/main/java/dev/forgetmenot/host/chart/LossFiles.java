package dev.forgetmenot.host.chart;

import dev.forgetmenot.diffusion.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A loss curve in a folder: {@code loss.csv} for programs and {@code loss.png} for people.
 *
 * @param folder an existing folder
 */
public record LossFiles(Path folder) {
  private Path table() {
    return folder.resolve("loss.csv");
  }

  private Path chart() {
    return folder.resolve("loss.png");
  }

  /** Both. */
  public List<Path> files() {
    return List.of(table(), chart());
  }

  /**
   * The curve to go on with.
   *
   * @param resume whether a curve that an earlier run left is continued
   * @throws IOException if it cannot be read
   */
  public LossCurve begin(boolean resume) throws IOException {
    return resume && Files.isRegularFile(table()) ? LossCurve.read(table()) : new LossCurve();
  }

  /** Writes both, each beside its place and moved there; nothing without a step. */
  public void write(LossCurve curve, String title) throws IOException {
    if (!curve.points().isEmpty()) {
      curve.writeCsv(table());
      PngFile.write(chart(), new LossChart(title, curve.points()).draw(), "");
    }
  }
}
