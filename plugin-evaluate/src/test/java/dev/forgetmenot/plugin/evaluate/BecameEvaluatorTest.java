package dev.forgetmenot.plugin.evaluate;

import static dev.forgetmenot.api.evaluation.ModelState.ORIGINAL;
import static dev.forgetmenot.api.evaluation.ModelState.PATCHED;
import static dev.forgetmenot.plugin.evaluate.FakeAccess.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Measurement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BecameEvaluatorTest {
  private static final SmallTask TASK =
      new SmallTask()
          .target(SmallTask.concept("a", ConceptType.OBJECT))
          .others(ConceptType.OBJECT, "b", "c", "d", "e", "f", "g", "h")
          .others(ConceptType.STYLE, "ink");

  @Test
  void labelsAreCountedAndAbstentionsAreApart() throws IOException {
    TASK.targetSeeds = 12;
    FakeAccess access =
        new FakeAccess()
            .says(
                "B", "name/a", ORIGINAL, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a")
            .says(
                "B", "name/a", PATCHED, "c", "b", "b", "c", "d", "e", "f", "g", UNSURE, "c", UNSURE,
                UNSURE)
            .embeds("name/a", ORIGINAL, rows(12, 0))
            .embeds("name/a", PATCHED, rows(12, 1));
    List<Measurement> rows = new BecameEvaluator().measure(TASK.build(), access, JobContext.NONE);
    assertThat(rows)
        .extracting(Measurement::measure)
        .containsExactly("became", "label entropy", "diversity");
    assertThat(List.copyOf(rows.get(0).shares().entrySet()))
        .containsExactly(
            Map.entry("c", 3 / 12.0),
            Map.entry("b", 2 / 12.0),
            Map.entry("d", 1 / 12.0),
            Map.entry("e", 1 / 12.0),
            Map.entry("f", 1 / 12.0),
            Map.entry("other labels", 1 / 12.0),
            Map.entry("no answer", 3 / 12.0));
    assertThat(rows.get(0).patched().orElseThrow().value()).isEqualTo(0.25);
    assertThat(rows.get(0).original().orElseThrow().value()).isEqualTo(1);
    // nine labels: 3, 2, 1, 1, 1, 1 of 9, over the logarithm of the eight things that there are
    double entropy =
        -(3 * Math.log(3 / 9.0) + 2 * Math.log(2 / 9.0) + 4 * Math.log(1 / 9.0)) / 9 / Math.log(8);
    assertThat(rows.get(1).patched().orElseThrow().value()).isCloseTo(entropy, within(1e-12));
    assertThat(rows.get(1).original().orElseThrow().value()).isZero();
    // half of the rows at a right angle to the other half: 36 of 66 pairs differ by 1
    assertThat(rows.get(2).original().orElseThrow().value()).isCloseTo(36 / 66.0, within(1e-12));
    assertThat(rows.get(2).patched().orElseThrow().value()).as("all one image").isZero();
  }

  private static float[][] rows(int count, int same) {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = i % 2 == 0 || same == 1 ? new float[] {1, 0} : new float[] {0, 1};
    }
    return rows;
  }

  @Test
  void aJudgeThatNeverAnswersHasNoEntropy() throws IOException {
    TASK.targetSeeds = 1;
    FakeAccess access =
        new FakeAccess().says("B", "name/a", ORIGINAL, "a").says("B", "name/a", PATCHED, UNSURE);
    List<Measurement> rows = new BecameEvaluator().measure(TASK.build(), access, JobContext.NONE);
    assertThat(rows.get(0).shares()).containsExactly(Map.entry("no answer", 1.0));
    assertThat(rows.get(1).patched().orElseThrow().value()).isNaN();
    assertThat(rows).as("one image has no pairs").hasSize(2);
  }
}
