package dev.forgetmenot.host.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeatMapTest {
  private static BufferedImage draw(double value) {
    HeatMap.Panel panel =
        new HeatMap.Panel(
            "Title",
            "note",
            List.of("a", "b"),
            List.of("first", "second"),
            List.of(
                List.of(Optional.of(value), Optional.<Double>empty()),
                List.of(Optional.of(0.0), Optional.of(0.0))),
            -1,
            1);
    return new HeatMap("A map", List.of(panel)).draw();
  }

  /** How many pixels are rather red, and rather blue. */
  private static int[] colours(BufferedImage image) {
    int[] counts = new int[2];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int red = rgb >> 16 & 0xff;
        int blue = rgb & 0xff;
        counts[0] += red - blue > 60 ? 1 : 0;
        counts[1] += blue - red > 60 ? 1 : 0;
      }
    }
    return counts;
  }

  @Test
  void aboveZeroIsRedAndBelowIsBlue() {
    assertThat(colours(draw(1))[0]).isGreaterThan(800);
    assertThat(colours(draw(1))[1]).isZero();
    assertThat(colours(draw(-1))[1]).isGreaterThan(800);
    assertThat(colours(draw(-1))[0]).isZero();
    assertThat(colours(draw(0))).containsOnly(0);
    assertThat(draw(7).getWidth()).isEqualTo(draw(1).getWidth()); // beyond the scale, still there
  }

  @Test
  void cellsMustFitTheLabels() {
    assertThatThrownBy(
            () ->
                new HeatMap.Panel(
                    "t", "", List.of("a"), List.of("b", "c"), List.of(List.of()), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 cells");
  }
}
