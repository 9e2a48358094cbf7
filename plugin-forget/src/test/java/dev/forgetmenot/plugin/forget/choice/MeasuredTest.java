package dev.forgetmenot.plugin.forget.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which candidate is the best. */
class MeasuredTest {
  private static final int IMAGES = 16;
  private static final int OTHERS = 10;

  private static EvaluationResult result(int left, int kept, int grey) {
    List<EvaluationResult.Row> rows = new ArrayList<>();
    for (String phrase : List.of("target", "other")) {
      boolean target = phrase.equals("target");
      int of = target ? IMAGES : OTHERS;
      List<String> seen = new ArrayList<>(Collections.nCopies(of, "something"));
      Collections.fill(seen.subList(0, target ? left : kept), phrase);
      byte[] rgb = {(byte) grey, 0, 0};
      rows.add(
          new EvaluationResult.Row(phrase, Collections.nCopies(of, new RgbImage(1, 1, rgb)), seen));
    }
    return new EvaluationResult(rows.subList(0, 1), rows.subList(1, 2));
  }

  private static Measured measured(int left, int kept, int grey) {
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of());
    return new Measured(candidate, null, result(IMAGES, 9, 0), result(left, kept, grey));
  }

  @Test
  void firstIsThatTheConceptIsGoneThenWhatStaysThenHowFarItMoved() {
    Measured keepsTheConcept = measured(2, 9, 1);
    Measured losesOthers = measured(0, 8, 1);
    Measured moves = measured(0, 9, 50);
    Measured oneLeft = measured(1, 9, 5);
    List<Measured> all = new ArrayList<>(List.of(keepsTheConcept, losesOthers, moves, oneLeft));
    all.sort(Measured.BEST);
    assertThat(all).containsExactly(oneLeft, moves, losesOthers, keepsTheConcept);
  }

  @Test
  void theSearchEndsWhenNothingIsLeftAndNoMoreThanOneImageIsLost() {
    assertThat(measured(0, 9, 50).settles()).isTrue();
    assertThat(measured(0, 10, 50).settles()).isTrue();
    assertThat(measured(0, 8, 50).settles()).isTrue();
    assertThat(measured(0, 7, 0).settles()).isFalse();
    assertThat(measured(1, 9, 0).settles()).isFalse();
  }
}
