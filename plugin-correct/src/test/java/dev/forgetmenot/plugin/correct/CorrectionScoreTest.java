package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which correction does what it should, and which comes nearest. */
class CorrectionScoreTest {
  private static final int IMAGES = 100;
  private static final int OTHERS = 25;
  private static final EditGoal SHARED_OUT =
      new EditGoal(
          new Concept("an animal", ConceptType.OBJECT),
          List.of("a lion", "a bear", "a dog"),
          List.of());

  private static EvaluationResult.Row row(String phrase, List<String> seen, int grey) {
    RgbImage image = new RgbImage(1, 1, new byte[] {(byte) grey, 0, 0});
    return new EvaluationResult.Row(phrase, Collections.nCopies(seen.size(), image), seen);
  }

  private static List<String> seen(String phrase, int times, int of) {
    List<String> seen = new ArrayList<>(Collections.nCopies(of, "something"));
    Collections.fill(seen.subList(0, times), phrase);
    return seen;
  }

  /** Of the word: lions and bears. Of the bear under its own name, and of others: how many. */
  private static EvaluationResult result(int lions, int bears, int bear, int others, int grey) {
    List<String> general = seen("a lion", lions, IMAGES);
    Collections.fill(general.subList(lions, lions + bears), "a bear");
    GoalResult goal =
        new GoalResult(
            SHARED_OUT,
            row("an animal", general, 0),
            List.of(
                row("a lion", seen("a lion", IMAGES, IMAGES), 0),
                row("a bear", seen("a bear", bear, IMAGES), 0),
                row("a dog", seen("a dog", IMAGES, IMAGES), 0)),
            List.of(),
            List.of());
    return new EvaluationResult(
        List.of(goal), List.of(row("a car", seen("a car", others, OTHERS), grey)));
  }

  private static MeasuredCandidate measured(int lions, int bears, int bear, int others, int grey) {
    return new MeasuredCandidate(
        new Candidate(new Balance(), Map.of()),
        null,
        result(100, 0, 100, OTHERS, 0),
        result(lions, bears, bear, others, grey));
  }

  @Test
  void itSettlesWhereNoLimitIsMissed() {
    assertThat(CorrectionScore.settles(measured(50, 50, 100, OTHERS, 9))).isTrue();
    assertThat(CorrectionScore.settles(measured(50, 50, 87, 24, 9)))
        .as("limits reached exactly")
        .isTrue();
    assertThat(CorrectionScore.settles(measured(60, 40, 100, OTHERS, 0))).as("dominant").isFalse();
    assertThat(CorrectionScore.settles(measured(30, 36, 100, OTHERS, 0)))
        .as("overshadowed")
        .isFalse();
    assertThat(CorrectionScore.settles(measured(20, 80, 100, OTHERS, 0)))
        .as("taken over")
        .isFalse();
    assertThat(CorrectionScore.settles(measured(17, 68, 100, OTHERS, 0)))
        .as("taken over, of the images that show an instance")
        .isFalse();
    assertThat(CorrectionScore.settles(measured(50, 50, 86, OTHERS, 0))).as("own name").isFalse();
    assertThat(CorrectionScore.settles(measured(50, 50, 100, 23, 0))).as("others").isFalse();
  }

  @Test
  void whatIsBetweenInstancesCountsAsMissing() {
    assertThat(CorrectionScore.settles(measured(44, 38, 100, OTHERS, 0))).isTrue();
    MeasuredCandidate blended = measured(40, 40, 100, OTHERS, 0);
    assertThat(CorrectionScore.settles(blended)).isFalse();
    assertThat(CorrectionScore.missing(blended)).isCloseTo(13.0 / 16 - 0.8, within(1e-9));
    List<MeasuredCandidate> all =
        new ArrayList<>(List.of(blended, measured(52, 48, 80, OTHERS, 9)));
    all.sort(CorrectionScore.BEST);
    assertThat(all.get(0)).as("one name lost is more than a few blends").isSameAs(blended);
  }

  @Test
  void whatIsMissedIsSummedUp() {
    assertThat(CorrectionScore.missing(measured(50, 50, 87, 24, 9))).isZero();
    assertThat(CorrectionScore.missing(measured(68, 32, 100, OTHERS, 0)))
        .isCloseTo(0.1 + 0.05, within(1e-9));
    assertThat(CorrectionScore.missing(measured(10, 85, 80, 23, 0)))
        .isCloseTo(0.85 / 0.95 - 0.75 + 0.07 + 0.04, within(1e-9));
  }

  @Test
  void theBestSettlesThenMissesLeastThenMovesOthersLeast() {
    MeasuredCandidate gentle = measured(50, 50, 100, OTHERS, 3);
    MeasuredCandidate strong = measured(50, 50, 100, OTHERS, 60);
    MeasuredCandidate exactly = measured(58, 42, 100, OTHERS, 0); // must be less than 58 %
    MeasuredCandidate far = measured(80, 20, 100, OTHERS, 0);
    assertThat(CorrectionScore.missing(exactly)).isZero();
    assertThat(CorrectionScore.settles(exactly)).isFalse();
    List<MeasuredCandidate> all = new ArrayList<>(List.of(far, exactly, strong, gentle));
    all.sort(CorrectionScore.BEST);
    assertThat(all).containsExactly(gentle, strong, exactly, far);
  }
}
