package dev.forgetmenot.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.measure.UnitRows;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NearestLabelTest {
  private static final List<String> LABELS = List.of("hat", "boat", "key");

  private static UnitRows rows(float[]... rows) {
    return UnitRows.of(List.of(rows));
  }

  private static UnitRows axes() {
    return rows(new float[] {1, 0, 0}, new float[] {0, 1, 0}, new float[] {0, 0, 1});
  }

  @Test
  void namesTheNearestOfAll() {
    NearestLabel labels = NearestLabel.ofTexts(LABELS, axes());
    UnitRows images = rows(new float[] {3, 4, 0}, new float[] {0, 0, -1}, new float[] {0, 0, 2});
    List<JudgedImage> answers = labels.answers(images, 0);
    assertThat(answers).extracting(JudgedImage::label).containsExactly("boat", "hat", "key");
    assertThat(answers.get(0).margin()).isCloseTo(0.2, within(1e-7));
    assertThat(answers).noneMatch(JudgedImage::abstained);
    assertThat(labels.answers(images, 0.25))
        .extracting(JudgedImage::abstained)
        .containsExactly(true, true, false);
  }

  @Test
  void prototypesAreMeansOfUnitRows() {
    TreeMap<String, UnitRows> references = new TreeMap<>();
    references.put("a", rows(new float[] {10, 0}, new float[] {0, 1})); // lengths do not weigh
    references.put("b", rows(new float[] {-1, 0}));
    NearestLabel labels = NearestLabel.ofPrototypes(references);
    JudgedImage answer = labels.answers(rows(new float[] {1, 1}), 0).get(0);
    assertThat(answer.label()).isEqualTo("a");
    assertThat(answer.margin()).isCloseTo(1 + Math.sqrt(0.5), within(1e-6));
  }

  @Test
  void oneMoreLabelIsAnsweredByItsImages() {
    TreeMap<String, UnitRows> references = new TreeMap<>();
    references.put("a", rows(new float[] {1, 0}));
    references.put("b", rows(new float[] {-1, 0}));
    NearestLabel labels = NearestLabel.ofPrototypes(references);
    NearestLabel more = labels.with("kite", rows(new float[] {0, 3}, new float[] {0, 1}));
    UnitRows images = rows(new float[] {0.1f, 1}, new float[] {1, 0.1f});
    assertThat(more.answers(images, 0)).extracting(JudgedImage::label).containsExactly("kite", "a");
    assertThat(labels.answers(images, 0)).extracting(JudgedImage::label).containsOnly("a");
    assertThat(more.ofTexts()).isFalse();
  }

  @Test
  void agreementCountsAbstentionsAsAnswers() {
    List<JudgedImage> a =
        List.of(answer("x", false), answer("x", false), answer("y", false), answer("y", true));
    List<JudgedImage> b =
        List.of(answer("x", false), answer("y", false), answer("y", false), answer("x", true));
    Agreement found = Agreement.of(a, b);
    assertThat(found.disagreeing()).containsExactly(1);
    // observed 3/4, expected (2·1 + 1·2 + 1·1)/16
    assertThat(found.kappa()).isCloseTo((0.75 - 5 / 16.0) / (1 - 5 / 16.0), within(1e-12));
    assertThat(Agreement.of(a, a).kappa()).isEqualTo(1);
  }

  private static JudgedImage answer(String label, boolean abstained) {
    return new JudgedImage(label, 0.1, abstained);
  }

  @Test
  void oneLabelIsNoChoice() {
    assertThatThrownBy(() -> NearestLabel.ofTexts(List.of("a"), rows(new float[] {1})))
        .hasMessageContaining("2 labels or more");
  }
}
