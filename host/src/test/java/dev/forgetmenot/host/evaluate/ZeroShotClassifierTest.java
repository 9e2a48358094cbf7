package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is recognised is what an image is most similar to, in whatever batches. */
class ZeroShotClassifierTest {
  private static final int IMAGES = 34; // more than a batch

  private static List<RgbImage> noise() {
    Random random = new Random(1);
    List<RgbImage> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] rgb = new byte[3 * 32 * 32];
      random.nextBytes(rgb);
      images.add(new RgbImage(32, 32, rgb));
    }
    return images;
  }

  @Test
  void theRecognisedThingHasTheGreatestSimilarity() throws IOException {
    List<KnownConcepts.Phrase> phrases = new ArrayList<>();
    for (String name : List.of("a castle", "a fox", "a boat", "the sun")) {
      phrases.add(new KnownConcepts.Phrase(name, name, ConceptType.OBJECT, ""));
    }
    Path clip = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/clip");
    try (EngineThread engine = EngineThread.start("cpu");
        ZeroShotClassifier recogniser =
            ZeroShotClassifier.open(
                clip, engine, new KnownConcepts(phrases, List.of()), ZeroShotClassifier.TEMPLATE)) {
      List<RgbImage> images = noise();
      List<String> seen = recogniser.classify(images);
      double[] margins = recogniser.margins(images);
      List<double[]> similarities =
          recogniser.things().stream()
              .map(thing -> recogniser.similarities(images, thing))
              .toList();
      for (int i = 0; i < IMAGES; i++) {
        int image = i;
        double[] best =
            similarities.stream().max(Comparator.comparing(one -> one[image])).orElseThrow();
        assertThat(recogniser.things().get(similarities.indexOf(best))).isEqualTo(seen.get(i));
        assertThat(best[i]).isBetween(-1.0, 1.0);
        double second =
            similarities.stream()
                .filter(one -> one != best)
                .mapToDouble(one -> one[image])
                .max()
                .orElseThrow();
        assertThat(margins[i]).isCloseTo(best[i] - second, within(1e-6));
      }
      assertThat(recogniser.margins(List.of())).isEmpty();
      assertThatThrownBy(() -> recogniser.similarities(images, "a stranger"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a stranger");
    }
  }
}
