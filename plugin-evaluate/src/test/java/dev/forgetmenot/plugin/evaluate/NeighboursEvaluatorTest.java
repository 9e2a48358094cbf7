package dev.forgetmenot.plugin.evaluate;

import static dev.forgetmenot.api.evaluation.ModelState.ORIGINAL;
import static dev.forgetmenot.api.evaluation.ModelState.PATCHED;
import static dev.forgetmenot.plugin.evaluate.FakeAccess.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NeighboursEvaluatorTest {
  private static final String[] LETTERS = {"a", "b", "c", "d", "e", "f"};
  private final NeighboursEvaluator neighbours = new NeighboursEvaluator();
  private final FakeAccess access = new FakeAccess();
  private EvaluationTask task;

  @BeforeEach
  void aWizardBesideSixLetters() throws IOException {
    task =
        new SmallTask()
            .target(
                SmallTask.concept(
                    "a wizard",
                    ConceptType.IDENTITY,
                    Map.of("name", List.of("a wizard"), "variant", List.of("a sorcerer")),
                    "a",
                    "b",
                    "an unlisted one"))
            .others(ConceptType.OBJECT, LETTERS)
            .build();
    access
        .says("B", "name/wizard", ORIGINAL, "a wizard", "a wizard", "a wizard", "a wizard")
        .says("B", "name/wizard", PATCHED, "a wizard", "a", "a", "b")
        .says("B", "variant/wizard", ORIGINAL, "a wizard", "a wizard", "a", "a")
        .says("B", "variant/wizard", PATCHED, "a wizard", "a wizard", "a", "a")
        .says("B", "similar/wizard", ORIGINAL, "a", "a", "b", "b", "a", "a")
        .says("B", "similar/wizard", PATCHED, "a", "b", "a", UNSURE, "an unlisted one", "b")
        .says("B", "others", ORIGINAL, "a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f")
        .says("B", "others", PATCHED, "a", "b", "b", "b", "c", "c", "d", "d", "a", "a", "f", "f");
    RgbImage black = new RgbImage(1, 1, new byte[] {0, 0, 0});
    RgbImage grey = new RgbImage(1, 1, new byte[] {0, 30, (byte) 240});
    access
        .drew("similar/wizard", ORIGINAL, same(black, 6))
        .drew("similar/wizard", PATCHED, black, grey, black, black, black, black)
        .drew("others", ORIGINAL, same(black, 12))
        .drew("others", PATCHED, same(grey, 12));
  }

  private static RgbImage[] same(RgbImage image, int count) {
    return Collections.nCopies(count, image).toArray(RgbImage[]::new);
  }

  private Measurement row(String measure, String part) throws IOException {
    return neighbours.measure(task, access, JobContext.NONE).stream()
        .filter(row -> row.measure().equals(measure) && row.part().startsWith(part))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void neighboursAreAskedForByTheNameThatTheListHas() {
    assertThat(neighbours.needs(task).images().get(2).shots())
        .contains(
            new Shot("a photo of a", 2001, "a", ConceptType.OBJECT),
            new Shot("a photo of an unlisted one", 2000, "an unlisted one", ConceptType.IDENTITY));
    assertThat(neighbours.needs(task).notTested())
        .extracting(NotTested::part)
        .containsExactly("random");
  }

  @Test
  void accuracyIsPairedAndItsIntervalIsOverConcepts() throws IOException {
    Measurement near = row("accuracy", "similar");
    assertThat(near.original().orElseThrow())
        .isEqualTo(new Reading(4.0 / 6, 4, 6, Double.NaN, Double.NaN)); // three concepts
    assertThat(near.patched().orElseThrow().k()).isEqualTo(2);
    // lost: the second a and both b; won: the first unlisted one: 2 (C(4,0) + C(4,1)) / 2^4
    assertThat(near.p().orElseThrow()).isCloseTo(10.0 / 16, within(1e-12));
    Measurement all = row("accuracy", "all others");
    assertThat(all.patched().orElseThrow().value()).isEqualTo(9.0 / 12);
    assertThat(all.patched().orElseThrow().low()).isBetween(0.3, 0.6);
    assertThat(all.patched().orElseThrow().high()).isEqualTo(1);
    assertThat(all.concept()).isEmpty();
  }

  @Test
  void theDifferenceAndTheWorstAreSaid() throws IOException {
    Reading difference = row("difference", "all others").patched().orElseThrow();
    assertThat(difference.value()).isCloseTo(-0.25, within(1e-12));
    assertThat(difference.low()).isBetween(-0.7, -0.4);
    assertThat(difference.high()).isEqualTo(0);
    assertThat(row("difference", "similar").patched().orElseThrow().low()).isNaN();
    Measurement worst = row("worst neighbour", "all others");
    assertThat(worst.part()).isEqualTo("all others: e");
    assertThat(worst.patched().orElseThrow().value()).isEqualTo(0);
    assertThat(row("worst neighbour", "similar").part()).isEqualTo("similar: b");
  }

  @Test
  void whatAJudgeCannotTellIsLeftOutAndThatIsSaid() throws IOException {
    access.weak = Set.of("e");
    access.unknown = Set.of("f");
    assertThat(row("accuracy", "all others").patched().orElseThrow())
        .extracting(Reading::k, Reading::n)
        .containsExactly(7, 8);
    assertThat(row("worst neighbour", "all others").part()).isEqualTo("all others: a");
    assertThat(row("H_o", "2 terms").shares()).containsEntry("Acc_s", 7.0 / 8);
    assertThat(access.notTested.get(0))
        .isEqualTo(
            new NotTested(
                "accuracy",
                "",
                "all others",
                "Judge B leaves out 2 of 6 concepts. It is right on less than 75 % of the"
                    + " original's images of e. It has no reference images of f."));
    access.weak = Set.of(LETTERS);
    assertThat(neighbours.measure(task, access, JobContext.NONE))
        .extracting(Measurement::measure)
        .doesNotContain("H_o")
        .contains("drift", "accuracy"); // of the unlisted neighbour
  }

  @Test
  void driftIsOfPixels() throws IOException {
    assertThat(row("drift", "similar").patched().orElseThrow().value()).isEqualTo(90.0 / 6);
    assertThat(row("drift", "all others").patched().orElseThrow().value()).isEqualTo(90);
  }

  @Test
  void theHarmonicMeanHasItsParts() throws IOException {
    Measurement two = row("H_o", "2 terms");
    assertThat(two.shares())
        .containsExactly(Map.entry("1 - Acc_e", 0.75), Map.entry("Acc_s", 0.75));
    assertThat(two.patched().orElseThrow().value()).isCloseTo(0.75, within(1e-12));
    assertThat(two.original().orElseThrow().value()).as("nothing is forgotten").isZero();
    Measurement three = row("H_o", "3 terms");
    // 3 / (4/3 + 4/3 + 2)
    assertThat(three.patched().orElseThrow().value()).isCloseTo(9.0 / 14, within(1e-12));
    assertThat(three.sets()).containsExactly("name/wizard", "others", "variant/wizard");
  }
}
