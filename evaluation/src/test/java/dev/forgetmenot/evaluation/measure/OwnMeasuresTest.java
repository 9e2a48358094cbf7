package dev.forgetmenot.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.evaluation.measure.AvoidOrDestroy.Loss;
import dev.forgetmenot.evaluation.measure.GridAccuracy.Image;
import dev.forgetmenot.evaluation.statistics.ClusterBootstrap;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the shared numbers do not hold: against measures_reference.py, or by hand. */
class OwnMeasuresTest {
  private static final double NEAR = 1e-9;

  private static JsonObject expected;

  @BeforeAll
  static void read() throws IOException {
    expected =
        JsonParser.parseString(
                Files.readString(GoldenFolders.inProject("testkit/fixtures/measures_more.json")))
            .getAsJsonObject();
  }

  @Test
  void bootstrapDrawsWholeConcepts() {
    JsonObject wanted = expected.getAsJsonObject("bootstrap");
    List<Count> counts = new ArrayList<>();
    for (JsonElement row : wanted.getAsJsonArray("counts")) {
      counts.add(
          new Count(
              row.getAsJsonArray().get(0).getAsInt(), row.getAsJsonArray().get(1).getAsInt()));
    }
    Interval interval = ClusterBootstrap.of(counts, wanted.get("seed").getAsLong()).orElseThrow();
    assertThat(interval.low())
        .isCloseTo(wanted.getAsJsonArray("interval").get(0).getAsDouble(), within(NEAR));
    assertThat(interval.high())
        .isCloseTo(wanted.getAsJsonArray("interval").get(1).getAsDouble(), within(NEAR));
    assertThat(ClusterBootstrap.of(counts.subList(0, 5), 7)).isEmpty();
  }

  @Test
  void mScoreStandsBetweenNeverKnownAndOriginal() {
    JsonObject wanted = expected.getAsJsonObject("mscore");
    MScore score =
        MScore.of(list(wanted, "original"), list(wanted, "patched"), list(wanted, "never"));
    assertThat(score.relative().orElseThrow())
        .isCloseTo(wanted.get("relative").getAsDouble(), within(NEAR));
    assertThat(score.patched().standardError())
        .isCloseTo(list(wanted, "standardErrors").get(1), within(NEAR));
    assertThat(
            MScore.of(
                    list(wanted, "never").subList(0, 3),
                    list(wanted, "patched"),
                    list(wanted, "never"))
                .relative())
        .isEmpty();
    assertThatThrownBy(() -> MScore.of(List.of(1.0, 1.0), List.of(1.0, 1.0), list(wanted, "never")))
        .hasMessageContaining("3 seeds or more");
  }

  @Test
  void avoidOrDestroy() {
    JsonObject wanted = expected.getAsJsonObject("avoidOrDestroy");
    List<Double> original = list(wanted, "original");
    List<Double> patched = list(wanted, "patched");
    AvoidOrDestroy found =
        AvoidOrDestroy.of(
            new Loss(original.get(0), original.get(1)),
            new Loss(patched.get(0), patched.get(1)),
            wanted.get("originalOthers").getAsDouble(),
            wanted.get("patchedOthers").getAsDouble());
    assertThat(found.avoid()).isCloseTo(wanted.get("avoid").getAsDouble(), within(NEAR));
    assertThat(found.destroy()).isCloseTo(wanted.get("destroy").getAsDouble(), within(NEAR));
    assertThat(AvoidOrDestroy.of(new Loss(1, 1), new Loss(1, 1), 1, 1).avoid()).isNaN();
  }

  @Test
  void gridLeavesOutWhatInvolvesTheTarget() {
    List<Image> grid =
        List.of(
            new Image("fox", "ink", true, false),
            new Image("fox", "photo", true, true),
            new Image("ball", "ink", false, true),
            new Image("ball", "photo", false, true));
    assertThat(GridAccuracy.besideThing(grid, "ball"))
        .isEqualTo(new GridAccuracy(new Count(2, 2), new Count(1, 2)));
    assertThat(GridAccuracy.besideStyle(grid, "ink"))
        .isEqualTo(new GridAccuracy(new Count(2, 2), new Count(1, 2)));
  }

  @Test
  void cmmdGrowsAndDiversityFallsWhenAllImagesBecomeOne() {
    UnitRows many =
        UnitRows.of(List.of(new float[] {1, 0}, new float[] {0, 3}, new float[] {-2, 1}));
    UnitRows one = UnitRows.of(List.of(new float[] {1, 0}, new float[] {2, 0}, new float[] {5, 0}));
    assertThat(Cmmd.of(many, many).biased()).isCloseTo(0, within(1e-12));
    assertThat(Cmmd.of(many, one).biased()).isGreaterThan(1);
    assertThat(Diversity.ofPairs(one)).isCloseTo(0, within(1e-12));
    assertThat(Diversity.ofPairs(many)).isGreaterThan(0.5);
    assertThat(Diversity.ofLabels(List.of("a", "a"), 3)).isZero();
  }

  @Test
  void aPatchOfTheTextEncoderCountsOnThePatchedSide() {
    // one projection, W = (1 0; 0 2), W' = (1 0; 0 0)
    TextSide side =
        new TextSide(
            List.of(Matrix.of(2, 2, new double[] {1, 0, 0, 2})),
            List.of(Matrix.of(2, 2, new double[] {1, 0, 0, 0})));
    Matrix concept = Matrix.of(2, 1, new double[] {1, 1});
    Matrix encodedNow = Matrix.of(2, 1, new double[] {3, 1});
    Matrix guide = Matrix.of(2, 1, new double[] {0, 0});
    // Wc = (1, 2), W'c = (1, 0), W'c' = (3, 0), Wg = 0
    assertThat(side.residual(concept, guide)).isCloseTo(Math.sqrt(1 / 5.0), within(1e-12));
    assertThat(side.residual(concept, encodedNow, guide))
        .isCloseTo(Math.sqrt(9 / 5.0), within(1e-12));
    // W'q' - Wq = (2, -2)
    assertThat(side.drift(concept, encodedNow)[0]).isCloseTo(Math.sqrt(8 / 5.0), within(1e-12));
    assertThat(side.drift(concept)[0]).isCloseTo(Math.sqrt(4 / 5.0), within(1e-12));
  }

  @Test
  void oneChangeOfTheTextStatesIsFoundFromTheProjections() {
    Matrix wanted = Matrix.of(2, 2, new double[] {1, 0.5, 0, 0.25});
    Matrix first = Matrix.of(2, 2, new double[] {1, 2, 3, 4});
    Matrix second = Matrix.of(1, 2, new double[] {5, -1});
    TextSide one =
        new TextSide(List.of(first, second), List.of(first.times(wanted), second.times(wanted)));
    assertThat(one.identityPlusChange().orElseThrow().minus(wanted).norm())
        .isCloseTo(0, within(1e-9));
    TextSide none = new TextSide(List.of(first, second), List.of(first, second));
    assertThat(none.identityPlusChange().orElseThrow().minus(Matrix.identity(2)).norm())
        .isCloseTo(0, within(1e-9));
    Matrix same = Matrix.identity(2);
    TextSide each = new TextSide(List.of(same, same), List.of(same.times(2), same));
    assertThat(each.identityPlusChange()).isEmpty();
  }

  @Test
  void aProjectorCannotBeUndone() {
    Matrix projector = Matrix.of(2, 2, new double[] {1, 0, 0, 0});
    assertThat(TextSide.conditioning(projector)).isInfinite();
    assertThat(TextSide.conditioning(Matrix.identity(3))).isCloseTo(1, within(1e-12));
  }

  @Test
  void whatHasNoDirectionIsRefused() {
    assertThatThrownBy(() -> UnitRows.of(List.of(new float[2])))
        .hasMessageContaining("Embedding 0 has length 0");
    assertThatThrownBy(() -> UnitRows.of(List.of(new float[2], new float[3])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UnitRows.of(List.of())).hasMessageContaining("at least one");
  }

  private static List<Double> list(JsonObject object, String name) {
    return StreamSupport.stream(object.getAsJsonArray(name).spliterator(), false)
        .map(JsonElement::getAsDouble)
        .toList();
  }
}
