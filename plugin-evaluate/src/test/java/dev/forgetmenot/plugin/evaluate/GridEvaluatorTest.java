package dev.forgetmenot.plugin.evaluate;

import static dev.forgetmenot.api.evaluation.ModelState.ORIGINAL;
import static dev.forgetmenot.api.evaluation.ModelState.PATCHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluationTask.Grid;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GridEvaluatorTest {
  private static SmallTask task() {
    SmallTask task = new SmallTask();
    task.grid =
        Optional.of(
            new Grid(
                List.of("a key", "a fish"),
                List.of("ink", "pixel"),
                Map.of(
                    "a key", Map.of("ink", "key ink", "pixel", "key pixel"),
                    "a fish", Map.of("ink", "fish ink", "pixel", "fish pixel")),
                1));
    return task;
  }

  private static FakeAccess access() {
    return new FakeAccess()
        .says("B", "grid/things", ORIGINAL, "a key", "a key", "a fish", "a fish")
        .says("B", "grid/styles", ORIGINAL, "ink", "pixel", "ink", "ink")
        .says("B", "grid/things", PATCHED, "a fish", "a key", "a key", "a fish")
        .says("B", "grid/styles", PATCHED, "ink", "pixel", "pixel", "ink");
  }

  @Test
  void besideAThingOtherThingsAreInItsDomain() throws IOException {
    SmallTask task = task().target(SmallTask.concept("a key", ConceptType.OBJECT));
    List<Measurement> rows = new GridEvaluator().measure(task.build(), access(), JobContext.NONE);
    assertThat(rows)
        .extracting(Measurement::measure)
        .containsExactly("IRA", "IRA ratio", "CRA", "CRA ratio");
    // of the fish alone: things right 2/2 and 1/2, styles right 1/2 and 0/2
    assertThat(values(rows)).containsExactly(0.5, 0.5, 0.0, 0.0);
    assertThat(rows.get(0).original().orElseThrow().k()).isEqualTo(2);
    assertThat(rows.get(2).original().orElseThrow().n()).isEqualTo(2);
  }

  @Test
  void besideAStyleOtherStylesAre() throws IOException {
    SmallTask task = task().target(SmallTask.concept("ink", ConceptType.STYLE));
    List<Measurement> rows = new GridEvaluator().measure(task.build(), access(), JobContext.NONE);
    // of pixel alone: styles right 1/2 and 1/2, things right 2/2 and 2/2
    assertThat(values(rows)).containsExactly(0.5, 1.0, 1.0, 1.0);
    assertThat(rows.get(0).original().orElseThrow().value()).isCloseTo(0.5, within(0.0));
  }

  @Test
  void anotherTargetsImagesAreLeftOut() throws IOException {
    SmallTask task =
        task()
            .target(SmallTask.concept("a key", ConceptType.OBJECT))
            .target(SmallTask.concept("ink", ConceptType.STYLE));
    List<Measurement> rows = new GridEvaluator().measure(task.build(), access(), JobContext.NONE);
    assertThat(rows.get(0).original().orElseThrow().n()).as("a fish in pixels").isEqualTo(1);
    assertThat(rows.get(4).concept()).isEqualTo("ink");
  }

  @Test
  void bothSetsShareTheirImages() {
    SmallTask task = task().target(SmallTask.concept("a key", ConceptType.OBJECT));
    var images = new GridEvaluator().needs(task.build()).images();
    assertThat(images.get(0).shots()).extracting(Shot::prompt).endsWith("fish ink", "fish pixel");
    assertThat(images.get(1).shots())
        .extracting(Shot::prompt, Shot::seed)
        .isEqualTo(
            images.get(0).shots().stream()
                .map(shot -> org.assertj.core.groups.Tuple.tuple(shot.prompt(), shot.seed()))
                .toList());
    task.grid = Optional.empty();
    assertThat(new GridEvaluator().needs(task.build()).notTested()).hasSize(1);
  }

  private static List<Double> values(List<Measurement> rows) {
    return rows.stream().map(row -> row.patched().orElseThrow().value()).toList();
  }
}
