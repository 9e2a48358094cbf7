package dev.forgetmenot.plugin.evaluate;

import static dev.forgetmenot.api.evaluation.ModelState.ORIGINAL;
import static dev.forgetmenot.api.evaluation.ModelState.PATCHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneralEvaluatorTest {
  private static final float[] X = {1, 0};
  private static final float[] Y = {0, 1};

  /** Maps every text to X. */
  private record Texts(boolean readsTexts) implements ImageEmbedder {
    @Override
    public String digest() {
      return "";
    }

    @Override
    public String label() {
      return "";
    }

    @Override
    public float[][] images(List<RgbImage> images) {
      throw new AssertionError("embeddings are given");
    }

    @Override
    public float[][] texts(List<String> texts) {
      return texts.stream().map(text -> X).toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }

  private static SmallTask task() {
    SmallTask task = new SmallTask().target(SmallTask.concept("a", ConceptType.OBJECT));
    task.general = List.of("one", "two", "three", "four");
    return task;
  }

  @Test
  void distancesStandBesideTheirFloor() throws IOException {
    FakeAccess access =
        new FakeAccess()
            .embeds("general", ORIGINAL, X, Y, X, Y)
            .embeds("general", PATCHED, X, X, X, Y);
    access.embedder = new Texts(true);
    List<Measurement> rows =
        new GeneralEvaluator().measure(task().build(), access, JobContext.NONE);
    assertThat(rows)
        .extracting(Measurement::measure)
        .containsExactly("CLIP score", "CMMD", "CMMD unbiased", "KID (CLIP)");
    assertThat(original(rows, 0)).isCloseTo(50, within(1e-9));
    assertThat(patched(rows, 0)).isCloseTo(75, within(1e-9));
    // k = 1 for equal rows, q across; halves X X and Y Y: 1 + 1 - 2q
    double q = Math.exp(-1 / 100.0);
    assertThat(original(rows, 1)).isCloseTo(1000 * (2 - 2 * q), within(1e-9));
    // mean k(x,x) = (10 + 6q)/16, mean k(y,y) = (8 + 8q)/16, mean k(x,y) = (8 + 8q)/16
    assertThat(patched(rows, 1)).isCloseTo(1000 * (2 - 2 * q) / 16, within(1e-9));
    // without the diagonals: (6 + 6q)/12 + (4 + 8q)/12 - (16 + 16q)/16
    assertThat(patched(rows, 2)).isCloseTo(1000 * ((10 + 14 * q) / 12 - (1 + q)), within(1e-9));
    // KID: k = (1/2 + 1)^3 = 3.375 for equal rows, 1 across, unbiased as above
    assertThat(patched(rows, 3)).isCloseTo((10 * 3.375 + 14) / 12 - (3.375 + 1), within(1e-9));
    assertThat(original(rows, 3)).isCloseTo(2 * 3.375 - 2, within(1e-9));
  }

  private static double original(List<Measurement> rows, int row) {
    return rows.get(row).original().orElseThrow().value();
  }

  private static double patched(List<Measurement> rows, int row) {
    return rows.get(row).patched().orElseThrow().value();
  }

  @Test
  void withoutATextTowerThereIsNoClipScore() throws IOException {
    FakeAccess access =
        new FakeAccess()
            .embeds("general", ORIGINAL, X, Y, X, Y)
            .embeds("general", PATCHED, X, X, X, Y);
    access.embedder = new Texts(false);
    assertThat(new GeneralEvaluator().measure(task().build(), access, JobContext.NONE)).hasSize(3);
    assertThat(access.notTested).extracting(NotTested::measure).containsExactly("CLIP score");
  }

  @Test
  void threeImagesAreNoTwoHalves() throws IOException {
    SmallTask few = task();
    few.general = List.of("one", "two", "three");
    assertThat(new GeneralEvaluator().needs(few.build()).notTested()).hasSize(1);
    assertThat(new GeneralEvaluator().measure(few.build(), new FakeAccess(), JobContext.NONE))
        .isEmpty();
  }
}
