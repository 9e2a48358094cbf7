package dev.forgetmenot.editing.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.editing.TrainingPictures;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often concepts come in batches, on the tiny model. */
class TrainingExamplesTest {
  private static final int SIZE = 4;

  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  private TrainingPictures grey(int... values) {
    int size = sd.pictureSize();
    List<Picture> pictures = new ArrayList<>();
    for (int value : values) {
      byte[] rgb = new byte[3 * size * size];
      Arrays.fill(rgb, (byte) value);
      pictures.add(new Picture(size, size, rgb));
    }
    return TrainingPictures.of(pictures);
  }

  /** Concepts of all batches, one after another. */
  private List<Integer> concepts(TrainingExamples examples, int draws, double... shares) {
    List<Integer> concepts = new ArrayList<>();
    for (int draw = 0; draw < draws; draw++) {
      try (NDManager manager = sd.newManager()) {
        TrainingExamples.Batch batch = examples.batch(manager, draw, SIZE, shares);
        assertThat(batch.concepts()).hasSize(SIZE);
        assertThat(batch.noisy().getShape().get(0)).isEqualTo(SIZE);
        concepts.addAll(batch.concepts());
      }
    }
    return concepts;
  }

  private float[] noisy(TrainingExamples examples, int draw, double... shares) {
    try (NDManager manager = sd.newManager()) {
      return examples.batch(manager, draw, SIZE, shares).noisy().toFloatArray();
    }
  }

  @Test
  void conceptsComeAsOftenAsTheirSharesWhateverTheirNumberOfPictures() {
    sd.engine()
        .call(
            () -> {
              List<TrainingPictures> pictures =
                  List.of(grey(10), grey(40, 70, 100, 130), grey(200, 220));
              try (TrainingExamples examples = new TrainingExamples(sd, pictures, 3)) {
                List<Integer> found = concepts(examples, 300, 3, 1, 0);
                assertThat(found).doesNotContain(2);
                double first = found.stream().filter(concept -> concept == 0).count();
                assertThat(first / found.size()).isCloseTo(0.75, within(0.06));
                assertThat(concepts(examples, 5, 0, 0, 1)).containsOnly(2);
              }
              return null;
            });
  }

  @Test
  void aDrawGivesTheSameBitsEachTime() {
    sd.engine()
        .call(
            () -> {
              List<TrainingPictures> pictures = List.of(grey(10, 30), grey(40, 70, 100));
              try (TrainingExamples one = new TrainingExamples(sd, pictures, 3);
                  TrainingExamples two = new TrainingExamples(sd, pictures, 3);
                  TrainingExamples other = new TrainingExamples(sd, pictures, 4)) {
                float[] fifth = noisy(one, 5, 1, 1);
                assertThat(noisy(one, 6, 1, 1)).isNotEqualTo(fifth);
                assertThat(noisy(one, 5, 1, 1)).isEqualTo(fifth);
                assertThat(noisy(two, 5, 1, 1)).isEqualTo(fifth);
                assertThat(noisy(other, 5, 1, 1)).isNotEqualTo(fifth);
              }
              return null;
            });
  }
}
