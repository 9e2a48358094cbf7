package dev.forgetmenot.kit.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** How clear the images are that stand in the place of concepts. */
class ClarityTest {
  /** Knows a cup, whose cosine is the red of an image in hundredths, and no style. */
  private static final ImageClassifier JUDGE =
      new ImageClassifier() {
        @Override
        public List<String> things() {
          return List.of("a cup");
        }

        @Override
        public List<String> styles() {
          return List.of("ink");
        }

        @Override
        public List<String> classify(List<RgbImage> images) {
          return images.stream().map(image -> "a cup").toList();
        }

        @Override
        public List<String> classifyStyle(List<RgbImage> images) {
          return images.stream().map(image -> "ink").toList();
        }

        @Override
        public double[] similarities(List<RgbImage> images, String thing) {
          if (!things().contains(thing)) {
            throw new IllegalArgumentException(thing + " is not a thing");
          }
          return images.stream().mapToDouble(image -> image.rgb()[0] / 100.0).toArray();
        }
      };

  private static EvaluationResult result(ConceptType kind, String seen, int... red) {
    GoalResult[] goals = new GoalResult[red.length];
    for (int i = 0; i < red.length; i++) {
      RgbImage image = new RgbImage(1, 1, new byte[] {(byte) red[i], 0, 0});
      EditGoal goal = EditGoal.forget(new Concept(seen, kind));
      EvaluationResult.Row row = new EvaluationResult.Row(seen, List.of(image), List.of(seen));
      goals[i] = new GoalResult(goal, row, List.of(), List.of(), List.of());
    }
    return new EvaluationResult(List.of(goals), List.of());
  }

  private static OptionalDouble coherence(EvaluationResult before, EvaluationResult after) {
    return Clarity.of(before, after, JUDGE).distance();
  }

  @Test
  void isTheLargestMultipleOfTheUntouchedDistance() {
    EvaluationResult before = result(ConceptType.OBJECT, "a cup", 60, 80);
    EvaluationResult after = result(ConceptType.OBJECT, "a cup", 50, 70);
    // 1 - 0.5 over 1 - 0.6, and 1 - 0.7 over 1 - 0.8
    assertThat(coherence(before, after).orElseThrow()).isEqualTo(1.5, within(1e-12));
  }

  @Test
  void aGeneralWordIsBlurredWhereItsImagesAreFarFromAllThings() {
    EvaluationResult before = withWord(60, 60);
    assertThat(Clarity.of(before, withWord(60, 57), JUDGE).blurred()).as("1.075 ×").isEmpty();
    Clarity blurred = Clarity.of(before, withWord(60, 55), JUDGE);
    assertThat(blurred.blurred()).as("1.125 ×").containsExactly("a vessel");
    assertThat(blurred.distance()).as("of the concept alone").hasValue(1);
    assertThat(blurred.margin()).as("it is the nearest thing itself").isZero();
  }

  private static EvaluationResult withWord(int red, int ofWord) {
    EvaluationResult one = result(ConceptType.OBJECT, "a cup", red);
    EditGoal word =
        new EditGoal(
            new Concept("a vessel", ConceptType.OBJECT), List.of("a cup", "a jug"), List.of());
    RgbImage image = new RgbImage(1, 1, new byte[] {(byte) ofWord, 0, 0});
    EvaluationResult.Row row =
        new EvaluationResult.Row("a vessel", List.of(image), List.of("a cup"));
    return new EvaluationResult(
        List.of(one.goals().get(0), new GoalResult(word, row, List.of(), List.of(), List.of())),
        List.of());
  }

  @Test
  void aStyleHasNone() {
    EvaluationResult style = result(ConceptType.STYLE, "ink", 60);
    assertThat(coherence(style, style)).isEmpty();
  }

  @Test
  void ofACorrectionNothingIsMeasured() {
    GoalResult word = withWord(60, 60).goals().get(1);
    EvaluationResult.Row unsure =
        new EvaluationResult.Row(
            word.name(), word.general().images(), List.of(EvaluationResult.NO_ANSWER));
    GoalResult goal = new GoalResult(word.goal(), unsure, List.of(), List.of(), List.of());
    EvaluationResult correction = new EvaluationResult(List.of(goal), List.of());
    assertThat(Clarity.of(correction, correction, JUDGE)).isSameAs(Clarity.NONE);
  }
}
