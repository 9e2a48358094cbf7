package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which images come in batches, on the tiny model. */
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

  private TrainingImages grey(int... values) {
    int size = sd.imageSize();
    List<RgbImage> images = new ArrayList<>();
    for (int value : values) {
      byte[] rgb = new byte[3 * size * size];
      Arrays.fill(rgb, (byte) value);
      images.add(new RgbImage(size, size, rgb));
    }
    return TrainingImages.of(images);
  }

  private float[] noisy(TrainingExamples examples, int draw, TrainingExamples.Pairing pairing) {
    try (NDManager manager = sd.newManager()) {
      return examples.batch(manager, draw, SIZE, pairing).noisy().toFloatArray();
    }
  }

  @Test
  void theNoiseSaysWhichConceptsImageItIsAddedTo() {
    sd.engine()
        .call(
            () -> {
              List<TrainingImages> images = List.of(grey(10), grey(40, 70, 100), grey(200));
              Set<Float> firstLatents = new HashSet<>();
              try (TrainingExamples examples = new TrainingExamples(sd, images, 3)) {
                for (int draw = 0; draw < 20; draw++) {
                  List<Integer> chosen = new ArrayList<>();
                  try (NDManager manager = sd.newManager()) {
                    TrainingExamples.Batch batch =
                        examples.batch(
                            manager,
                            draw,
                            SIZE,
                            noise -> {
                              assertThat(noise).hasSize(latents());
                              firstLatents.add(noise[0]);
                              int concept = noise[0] > 0 ? 1 : 2;
                              chosen.add(concept);
                              return concept;
                            });
                    assertThat(batch.concepts()).isEqualTo(chosen).hasSize(SIZE);
                    assertThat(batch.noisy().getShape().get(0)).isEqualTo(SIZE);
                  }
                }
              }
              assertThat(firstLatents).as("each has noise of its own").hasSize(20 * SIZE);
              return null;
            });
  }

  private int latents() {
    int[] chw = sd.latentShape();
    return chw[0] * chw[1] * chw[2];
  }

  /** Of pure noise nothing else is in the batch: ε times a number of the timestep. */
  @Test
  void thePairedNoiseIsTheOneThatIsAdded() {
    sd.engine()
        .call(
            () -> {
              List<float[]> noises = new ArrayList<>();
              try (TrainingExamples examples = new TrainingExamples(sd, 2, sd.imageSize(), 3)) {
                float[] noisy =
                    noisy(
                        examples,
                        4,
                        noise -> {
                          noises.add(noise.clone());
                          return 1;
                        });
                for (int i = 0; i < SIZE; i++) {
                  float[] noise = noises.get(i);
                  double scale = noisy[i * noise.length] / noise[0];
                  assertThat(scale).isBetween(0.01, 1.0);
                  for (int k = 0; k < noise.length; k++) {
                    double added = noisy[i * noise.length + k];
                    assertThat(added).isCloseTo(scale * noise[k], within(1e-4));
                  }
                }
              }
              return null;
            });
  }

  @Test
  void noiseIsOfTheSideThatIsTrainedOn() {
    sd.engine()
        .run(
            () -> {
              int side = sd.imageSize() / 2;
              try (TrainingExamples examples = new TrainingExamples(sd, 1, side, 3);
                  NDManager manager = sd.newManager()) {
                int[] own = sd.latentShape();
                assertThat(examples.batch(manager, 0, 2).noisy().getShape())
                    .isEqualTo(new Shape(2, own[0], own[1] / 2, own[2] / 2));
              }
            });
  }

  @Test
  void aDrawGivesTheSameBitsEachTime() {
    sd.engine()
        .run(
            () -> {
              List<TrainingImages> images = List.of(grey(10, 30), grey(40, 70, 100));
              TrainingExamples.Pairing second = noise -> 1;
              try (TrainingExamples one = new TrainingExamples(sd, images, 3);
                  TrainingExamples two = new TrainingExamples(sd, images, 3);
                  TrainingExamples other = new TrainingExamples(sd, images, 4)) {
                float[] fifth = noisy(one, 5, second);
                assertThat(noisy(one, 6, second)).isNotEqualTo(fifth);
                assertThat(noisy(one, 5, second)).isEqualTo(fifth);
                assertThat(noisy(two, 5, second)).isEqualTo(fifth);
                assertThat(noisy(other, 5, second)).isNotEqualTo(fifth);
                assertThat(noisy(one, 5, noise -> 0)).isNotEqualTo(fifth);
              }
            });
  }

  @Test
  void theMeanIsOfAConceptsImages() {
    sd.engine()
        .run(
            () -> {
              try (TrainingExamples examples =
                      new TrainingExamples(sd, List.of(grey(10, 200), grey(10), grey(200)), 3);
                  TrainingExamples noise = new TrainingExamples(sd, 2, sd.imageSize(), 3)) {
                float[] both = examples.mean(0);
                float[] dark = examples.mean(1);
                float[] light = examples.mean(2);
                assertThat(dark).hasSize(latents()).isNotEqualTo(light);
                for (int i = 0; i < both.length; i++) {
                  assertThat(both[i]).isCloseTo((dark[i] + light[i]) / 2, within(1e-5f));
                }
                assertThatIllegalStateException()
                    .isThrownBy(() -> noise.mean(0))
                    .withMessage("pure noise has no latents");
              }
            });
  }
}
