package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of a target's images are looked at. */
class AttentionEvaluatorTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1000",
    "2, 1000 1001",
    "3, 1000 1001 1002",
    "4, 1000 1001 1002 1003",
    "10, 1000 1002 1005 1007"
  })
  void fourAreSpreadOverTheSeedsAndFewerAreAllOfThem(int seeds, String looked) {
    SmallTask task = new SmallTask().target(SmallTask.concept("a dog", ConceptType.OBJECT));
    task.targetSeeds = seeds;
    assertThat(AttentionEvaluator.shots(task.build(), task.targets.get(0)))
        .extracting(Shot::seed)
        .containsExactly(Arrays.stream(looked.split(" ")).map(Long::valueOf).toArray(Long[]::new));
  }
}
