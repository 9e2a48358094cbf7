package dev.forgetmenot.plugin.evaluate;

import static dev.forgetmenot.api.evaluation.ModelState.ORIGINAL;
import static dev.forgetmenot.api.evaluation.ModelState.PATCHED;
import static dev.forgetmenot.plugin.evaluate.FakeAccess.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForgettingEvaluatorTest {
  private final ForgettingEvaluator forgetting = new ForgettingEvaluator();

  private static SmallTask wizard() {
    return new SmallTask()
        .target(
            SmallTask.concept(
                "a wizard",
                ConceptType.IDENTITY,
                Map.of(
                    "name", List.of("a photo of a wizard", "a wizard", "an image of a wizard"),
                    "variant", List.of("a photo of a sorcerer")),
                "a witch"))
        .others(ConceptType.OBJECT, "a witch", "a key")
        .others(ConceptType.STYLE, "ink");
  }

  @Test
  void imagesAreSpreadOverThePromptsOfARungAndTheLadderIsWhole() {
    EvaluationTask task = wizard().build();
    ImageSet name = forgetting.needs(task).images().get(1);
    assertThat(name.id()).isEqualTo("name/wizard");
    assertThat(name.shots())
        .extracting(Shot::prompt)
        .containsExactly(
            "a photo of a wizard", "a photo of a wizard", "a wizard", "an image of a wizard");
    assertThat(name.shots()).extracting(Shot::seed).containsExactly(1000L, 1001L, 1002L, 1003L);
    ImageSet variant = forgetting.needs(task).images().get(2);
    assertThat(variant.shots()).extracting(Shot::seed).containsExactly(1000L, 1001L, 1002L, 1003L);
    assertThat(variant.shots()).extracting(Shot::label).containsOnly("a wizard");
    assertThat(forgetting.needs(task).notTested())
        .extracting(NotTested::part)
        .containsExactly("prefix", "short", "long", "languages");
  }

  @Test
  void uaIsCountedByRungAndAskedAgainstOtherThings() throws IOException {
    FakeAccess access = new FakeAccess();
    access.judges = List.of("B", "A");
    for (String judge : access.judges) {
      access
          .says(judge, "name/wizard", ORIGINAL, "a wizard", "a wizard", "a wizard", UNSURE)
          .says(judge, "name/wizard", PATCHED, "a wizard", "a witch", "a key", UNSURE)
          .says(judge, "variant/wizard", ORIGINAL, "a witch", "a wizard", "a wizard", "a witch")
          .says(judge, "variant/wizard", PATCHED, "a witch", "a witch", "a witch", "a witch")
          .says(
              judge, "others", PATCHED, "a witch", "a wizard", "a key", "a key", "ink", "a wizard");
    }
    List<Measurement> rows = forgetting.measure(wizard().build(), access, JobContext.NONE);
    assertThat(rows)
        .extracting(Measurement::part)
        .containsExactly("name", "name", "variant", "variant");
    Measurement name = rows.get(0);
    assertThat(name.original()).hasValueSatisfying(counted(1, 4));
    assertThat(name.patched()).hasValueSatisfying(counted(3, 4));
    // Wilson of 3 in 4: (0.75 + 0.4802) / 1.9604 -+ ..., as in evaluation.md
    assertThat(name.patched().get().low()).isCloseTo(0.3006, within(1e-4));
    assertThat(name.patched().get().high()).isCloseTo(0.9544, within(1e-4));
    Question question = name.question().orElseThrow();
    assertThat(question.found()).satisfies(counted(1, 4));
    assertThat(question.ceiling()).satisfies(counted(3, 4));
    assertThat(question.floor()).satisfies(counted(1, 4)); // the image in a style is left out
    assertThat(question.accuracy()).satisfies(counted(3, 4));
    // P(X >= 1) of 1 + 1 found among 4 and 4: 1 - C(4,2)/C(8,2) = 1 - 6/28
    assertThat(question.p()).isCloseTo(22.0 / 28, within(1e-12));
    Question variant = rows.get(2).question().orElseThrow();
    assertThat(variant.ceiling()).satisfies(counted(2, 4));
    assertThat(variant.accuracy()).satisfies(counted(3, 4)); // by its name
    assertThat(rows.get(1).judge()).isEqualTo("A");
    assertThat(rows.get(1).question()).isEmpty();
  }

  @Test
  void imagesThatTheJudgeCannotNameAreNoFloor() throws IOException {
    FakeAccess access = new FakeAccess();
    access.unknown = Set.of("a witch");
    access
        .says("B", "name/wizard", ORIGINAL, "a wizard", "a wizard", "a wizard", UNSURE)
        .says("B", "name/wizard", PATCHED, "a wizard", "a witch", "a key", UNSURE)
        .says("B", "variant/wizard", ORIGINAL, "a witch", "a wizard", "a wizard", "a witch")
        .says("B", "variant/wizard", PATCHED, "a witch", "a witch", "a witch", "a witch")
        .says("B", "others", PATCHED, "a wizard", "a wizard", "a key", "a key", "ink", "ink");
    assertThat(
            forgetting
                .measure(wizard().build(), access, JobContext.NONE)
                .get(0)
                .question()
                .orElseThrow()
                .floor())
        .satisfies(counted(0, 2));
  }

  private static java.util.function.Consumer<Reading> counted(int k, int n) {
    return reading -> {
      assertThat(reading.k()).isEqualTo(k);
      assertThat(reading.n()).isEqualTo(n);
      assertThat(reading.value()).isEqualTo((double) k / n);
    };
  }

  @Test
  void aBroadConceptComesWithAnyOfItsMembers() throws IOException {
    EvaluatedConcept weapon =
        new EvaluatedConcept(
            "weapon",
            "weapon",
            ConceptType.OBJECT,
            List.of("a knife", "a bomb"),
            Map.of("name", List.of("a photo of a knife", "a photo of a bomb")),
            List.of(),
            List.of(),
            Optional.empty());
    EvaluationTask task = new SmallTask().target(weapon).build();
    assertThat(forgetting.needs(task).images().get(0).shots())
        .extracting(Shot::label)
        .containsExactly("a knife", "a knife", "a bomb", "a bomb");
    FakeAccess access =
        new FakeAccess()
            .says("B", "name/weapon", ORIGINAL, "a knife", "a bomb", "a bomb", "a key")
            .says("B", "name/weapon", PATCHED, "a key", "a key", "a bomb", "a key");
    Measurement row = forgetting.measure(task, access, JobContext.NONE).get(0);
    assertThat(row.original()).hasValueSatisfying(counted(1, 4));
    assertThat(row.patched()).hasValueSatisfying(counted(3, 4));
    assertThat(row.question()).as("there is nothing to take a floor from").isEmpty();
  }
}
