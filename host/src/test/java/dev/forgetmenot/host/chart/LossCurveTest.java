package dev.forgetmenot.host.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCurveTest {
  @TempDir Path folder;

  @Test
  void theTableHoldsEachStepAndTheMeanOfTheLastTen() throws IOException {
    LossCurve curve = new LossCurve();
    for (int step = 1; step <= 12; step++) {
      curve.add(step, step, 0.5);
    }
    Path csv = folder.resolve("loss.csv");
    curve.writeCsv(csv);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(13);
    assertThat(lines.get(0)).isEqualTo("step,loss,gradient_norm,moving_mean");
    assertThat(lines.get(2)).isEqualTo("2,2.0,0.5,1.5");
    assertThat(lines.get(12)).isEqualTo("12,12.0,0.5,7.5"); // the mean of 3..12
    assertThat(LossCurve.read(csv).points()).isEqualTo(curve.points());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(csv);
    }
  }

  @Test
  void aResumedTrainingWritesOverWhatItDoesAgain() {
    LossCurve curve = new LossCurve();
    curve.add(1, 1, 0);
    curve.add(2, 2, 0);
    curve.add(3, 3, 0);
    curve.add(2, 5, 0);
    assertThat(curve.points())
        .containsExactly(new LossCurve.Point(1, 1, 0, 1), new LossCurve.Point(2, 5, 0, 3));
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Path csv = Files.writeString(folder.resolve("loss.csv"), "step,loss\nfirst,1\n");
    assertThatThrownBy(() -> LossCurve.read(csv))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a loss curve");
  }

  @Test
  void theChartShowsTheLossInItsColour() {
    LossCurve curve = new LossCurve();
    for (int step = 1; step <= 35; step++) {
      curve.add(step, 40.0 / step, step % 7);
    }
    BufferedImage chart = new LossChart("a title", curve.points()).draw();
    assertThat(chart.getWidth()).isEqualTo(900);
    assertThat(pixels(chart, 0x1f4e8c)).isGreaterThan(300);
    assertThat(pixels(chart, 0xd97b29)).isGreaterThan(100);
    curve = new LossCurve();
    curve.add(1, 3, 1);
    assertThat(pixels(new LossChart("one step", curve.points()).draw(), 0x1f4e8c)).isPositive();
  }

  private static long pixels(BufferedImage image, int rgb) {
    long count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if ((image.getRGB(x, y) & 0xffffff) == rgb) {
          count++;
        }
      }
    }
    return count;
  }
}
