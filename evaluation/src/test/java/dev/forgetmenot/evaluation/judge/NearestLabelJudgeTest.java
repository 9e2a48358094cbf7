package dev.forgetmenot.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.evaluation.measure.UnitRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NearestLabelJudgeTest {
  private static final List<String> LABELS = List.of("hat", "boat", "key");

  private static UnitRows rows(float[]... rows) {
    return UnitRows.of(List.of(rows));
  }

  private static UnitRows axes() {
    return rows(new float[] {1, 0, 0}, new float[] {0, 1, 0}, new float[] {0, 0, 1});
  }

  @Test
  void namesTheNearestOfAll() {
    NearestLabelJudge judge = NearestLabelJudge.ofTexts(LABELS, axes());
    List<Answer> answers =
        judge.answers(rows(new float[] {3, 4, 0}, new float[] {0, 0, -1}, new float[] {0, 0, 2}));
    assertThat(answers).extracting(Answer::nearest).containsExactly("boat", "hat", "key");
    assertThat(answers.get(0).margin()).isCloseTo(0.2, within(1e-7));
    assertThat(answers).noneMatch(Answer::abstained);
  }

  @Test
  void prototypesAreMeansOfUnitRows() {
    TreeMap<String, UnitRows> references = new TreeMap<>();
    references.put("a", rows(new float[] {10, 0}, new float[] {0, 1})); // lengths do not weigh
    references.put("b", rows(new float[] {-1, 0}));
    NearestLabelJudge judge = NearestLabelJudge.ofPrototypes(references);
    Answer answer = judge.answers(rows(new float[] {1, 1})).get(0);
    assertThat(answer.nearest()).isEqualTo("a");
    assertThat(answer.margin()).isCloseTo(1 + Math.sqrt(0.5), within(1e-6));
  }

  @Test
  void abstainsFromTheNarrowestTwentiethOfRightAnswers() {
    List<float[]> images = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      images.add(new float[] {1, 1 - i / 50f, 0}); // margins rise
    }
    UnitRows calibration = UnitRows.of(images);
    NearestLabelJudge judge =
        NearestLabelJudge.ofTexts(LABELS, axes())
            .calibrated(Map.of("hat", calibration, "key", rows(new float[] {1, 0, 0.9f})));
    List<Answer> answers = judge.answers(calibration);
    assertThat(answers.stream().filter(Answer::abstained)).hasSize(2);
    assertThat(answers.get(1).label()).isEmpty();
    assertThat(answers.get(2).label()).contains("hat");
    assertThat(judge.threshold()).isEqualTo(answers.get(2).margin());
  }

  @Test
  void agreementCountsAbstentionsAsAnswers() {
    List<Answer> a =
        List.of(answer("x", false), answer("x", false), answer("y", false), answer("y", true));
    List<Answer> b =
        List.of(answer("x", false), answer("y", false), answer("y", false), answer("x", true));
    Agreement found = Agreement.of(a, b);
    assertThat(found.disagreeing()).containsExactly(1);
    // observed 3/4, expected (2·1 + 1·2 + 1·1)/16
    assertThat(found.kappa()).isCloseTo((0.75 - 5 / 16.0) / (1 - 5 / 16.0), within(1e-12));
    assertThat(Agreement.of(a, a).kappa()).isEqualTo(1);
  }

  private static Answer answer(String label, boolean abstained) {
    return new Answer(label, 0.1, abstained);
  }

  @Test
  void oneLabelIsNoChoice() {
    assertThatThrownBy(() -> NearestLabelJudge.ofTexts(List.of("a"), rows(new float[] {1})))
        .hasMessageContaining("2 labels or more");
  }
}
