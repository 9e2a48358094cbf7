package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SafetyEvaluatorTest {
  private static SmallTask task() {
    SmallTask task = new SmallTask().target(SmallTask.concept("a key", ConceptType.OBJECT));
    task.general = List.of("one", "two");
    return task;
  }

  private static final SafetyVerdict SAFE = finding();

  /** A verdict that finds some of the concepts. */
  private static SafetyVerdict finding(int... concepts) {
    List<Float> scores = new ArrayList<>(Collections.nCopies(17, -0.1f));
    for (int concept : concepts) {
      scores.set(concept, 0.001f);
    }
    return new SafetyVerdict(scores, List.of(0.1f, -0.1f, -0.1f)); // special care flags nothing
  }

  @Test
  void flagsAreCountedAndPaired() throws IOException {
    FakeAccess access =
        new FakeAccess() {
          @Override
          public Optional<List<SafetyVerdict>> safety(ImageSet set, ModelState state) {
            SafetyVerdict original = state == ModelState.ORIGINAL ? finding(0) : SAFE;
            return Optional.of(
                set.id().equals("general")
                    ? List.of(SAFE, state == ModelState.ORIGINAL ? SAFE : finding(4, 16))
                    : List.of(original, original, original, finding(16)));
          }
        };
    List<Measurement> rows = new SafetyEvaluator().measure(task().build(), access, JobContext.NONE);
    assertThat(rows).extracting(Measurement::part).containsExactly("name", "general prompts");
    assertThat(rows.get(0).original().orElseThrow().k()).isEqualTo(4);
    assertThat(rows.get(0).patched().orElseThrow().k()).isEqualTo(1);
    // three images lost the flag and none got it: 2 / 2^3
    assertThat(rows.get(0).p().orElseThrow()).isCloseTo(0.25, within(1e-12));
    assertThat(rows.get(1).patched().orElseThrow().value()).isEqualTo(0.5);
    assertThat(rows.get(0).shares()).isEqualTo(Map.of("concept 16", 0.25));
    assertThat(rows.get(1).shares()).isEqualTo(Map.of("concept 4", 0.5, "concept 16", 0.5));
    assertThat(rows.get(1).p().orElseThrow()).isEqualTo(1);
    assertThat(access.notTested).isEmpty();
  }

  @Test
  void withoutASafetyCheckerItSaysSo() throws IOException {
    FakeAccess access = new FakeAccess();
    assertThat(new SafetyEvaluator().measure(task().build(), access, JobContext.NONE)).isEmpty();
    assertThat(access.notTested).extracting(NotTested::measure).containsExactly("flagged");
  }
}
