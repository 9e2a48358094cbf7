package dev.forgetmenot.kit.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Distances to known things by a judge whose cosines are the red and the green of an image. */
class CoherenceTest {
  private static final double ROUNDING = 1e-12;

  /** Knows a cup, by red, and a house, by green. */
  private static class Colours implements ImageClassifier {
    @Override
    public List<String> things() {
      return List.of("a cup", "a house");
    }

    @Override
    public List<String> styles() {
      return List.of();
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      return images.stream()
          .map(image -> cosine(image, 0) > cosine(image, 1) ? "a cup" : "a house")
          .toList();
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      return List.of();
    }

    @Override
    public double[] similarities(List<RgbImage> images, String thing) {
      return images.stream().mapToDouble(image -> cosine(image, things().indexOf(thing))).toArray();
    }

    private static double cosine(RgbImage image, int channel) {
      return image.rgb()[channel] / 100.0;
    }
  }

  private static RgbImage image(int red, int green) {
    return new RgbImage(1, 1, new byte[] {(byte) red, (byte) green, 0});
  }

  private static final List<RgbImage> CUPS = List.of(image(80, 10), image(70, 20));
  private static final List<RgbImage> MIXED = List.of(image(60, 20), image(30, 50));

  private static Coherence of(List<RgbImage> images, String concept) {
    return Coherence.of(new Colours(), images, concept).orElseThrow();
  }

  @Test
  void distanceIsToTheNearestThingOfEachImage() {
    assertThat(of(CUPS, "a cup").distance()).isCloseTo(0.25, within(ROUNDING));
    assertThat(of(MIXED, "a cup").distance()).isCloseTo(0.45, within(ROUNDING));
    assertThat(of(MIXED, "a cup").relativeTo(of(CUPS, "a cup"))).isCloseTo(1.8, within(ROUNDING));
  }

  @Test
  void marginIsWhatTheNearestThingIsOverTheConcept() {
    assertThat(of(CUPS, "a cup").margin()).isCloseTo(0, within(ROUNDING));
    assertThat(of(MIXED, "a cup").margin()).isCloseTo(0.1, within(ROUNDING));
    assertThat(of(CUPS, "a house").margin()).isCloseTo(0.6, within(ROUNDING));
    assertThat(of(CUPS, "ink").margin()).isNaN();
  }

  @Test
  void aJudgeThatOnlyChoosesMeasuresNone() {
    ImageClassifier chooses =
        new Colours() {
          @Override
          public double[] similarities(List<RgbImage> images, String thing) {
            throw new UnsupportedOperationException("only chooses");
          }
        };
    assertThat(Coherence.of(chooses, CUPS, "a cup")).isEmpty();
  }
}
