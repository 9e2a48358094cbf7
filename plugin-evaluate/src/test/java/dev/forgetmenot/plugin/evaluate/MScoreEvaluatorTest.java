package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rows and the plan; {@link EvaluatorsOnTheModelTest} inverts. */
class MScoreEvaluatorTest {
  private static final EvaluatedConcept KEY = SmallTask.concept("a key", ConceptType.OBJECT);
  private static final ImageSet[] SETS = {new ImageSet("reserved/key", "", List.of(), true)};

  @Test
  void meansAndSpreadAreOverSeedsAndMStarIsBetweenNeverAndOriginal() {
    List<Measurement> rows =
        new MScoreEvaluator.Scores(
                KEY, SETS, List.of(0.8, 0.9, 1.0), List.of(0.6, 0.7, 0.5), List.of(0.4, 0.5, 0.6))
            .rows();
    Reading original = rows.get(0).original().orElseThrow();
    assertThat(original.value()).isCloseTo(0.9, within(1e-12));
    assertThat(original.n()).isEqualTo(3);
    // t(2) = 4.30265 times 0.1 / sqrt(3)
    assertThat(original.high() - 0.9).isCloseTo(0.248413, within(1e-5));
    assertThat(rows.get(0).patched().orElseThrow().value()).isCloseTo(0.6, within(1e-12));
    assertThat(rows.get(0).explanation())
        .contains("0.8000 0.9000 1.0000, standard deviation 0.1000")
        .contains("0.6000 0.7000 0.5000");
    // (0.6 - 0.5) / (0.9 - 0.5)
    assertThat(rows.get(1).part()).isEqualTo("M*");
    assertThat(rows.get(1).patched().orElseThrow().value()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void whereTheRulerCannotTellThereIsNoMStar() {
    List<Double> same = List.of(0.5, 0.6, 0.7);
    List<Measurement> rows = new MScoreEvaluator.Scores(KEY, SETS, same, same, same).rows();
    assertThat(rows.get(1).patched().orElseThrow().value()).isNaN();
    assertThat(new MScoreEvaluator.Scores(KEY, SETS, same, same, List.of()).rows()).hasSize(1);
  }

  @Test
  void thePlanSaysWhatItTakesAndWhatIsMissing() {
    SmallTask task = new SmallTask().target(KEY);
    task.settings = task.settings.sampled("ddim", 20);
    MScoreEvaluator score = new MScoreEvaluator();
    // 2 models, 3 seeds: 500 steps of 2; 16 images of 2 passes at 20 steps
    assertThat(score.needs(task.build()).unetEvaluations()).isEqualTo(6 * (1000 + 16 * 40));
    assertThat(score.needs(task.build()).notTested())
        .extracting(NotTested::part)
        .containsExactly("M*");
    ImageSet reserved = score.needs(task.build()).images().get(0);
    assertThat(reserved.originalOnly()).isTrue();
    assertThat(reserved.shots()).hasSize(16);
    assertThat(reserved.shots().get(0).seed()).as("after 9000 and 9001").isEqualTo(9002);
    for (String name : List.of("x", "y", "z")) {
      task.never.add(new NeverKnown(name, "a " + name, ConceptType.OBJECT, Path.of(name)));
    }
    assertThat(score.needs(task.build()).notTested()).isEmpty();
    assertThat(score.needs(task.build()).unetEvaluations())
        .isEqualTo(6 * (1000 + 16 * 40) + 9 * 1000);
    assertThat(score.byDefault()).isFalse();
  }

  @Test
  void aGroupHasNoName() {
    EvaluatedConcept tools =
        new EvaluatedConcept(
            "tool",
            "tool",
            ConceptType.OBJECT,
            List.of("a key", "a hammer"),
            Map.of("name", List.of("a photo of a key")),
            List.of(),
            List.of(),
            Optional.empty());
    var needs = new MScoreEvaluator().needs(new SmallTask().target(tools).build());
    assertThat(needs.images()).isEmpty();
    assertThat(needs.notTested()).extracting(NotTested::part).containsExactly("M");
  }
}
