package dev.forgetmenot.kit.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is drawn to judge a correction, how it is counted and what is said of it. */
class CorrectionEvaluationTest {
  private static final Evaluation.Size SIZE = new Evaluation.Size(4, 3, 1, 10, 20);
  private static final EditGoal GOAL =
      new EditGoal(
          new Concept("a thing", ConceptType.OBJECT), List.of("a thing0", "a thing4"), List.of());
  private static final EditGoal ATTRIBUTE =
      new EditGoal(new Concept("a thing1", ConceptType.OBJECT), List.of(), List.of("a thing2"));

  private static KnownConcepts vocabulary() {
    List<Phrase> phrases = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      phrases.add(new Phrase("thing" + i, "a thing" + i, ConceptType.OBJECT, ""));
    }
    phrases.add(new Phrase("dotted", "dotted", ConceptType.STYLE, ""));
    return new KnownConcepts(phrases, List.of("a thing"));
  }

  /** Sees the thing whose number is the image's grey, and measures the grey. */
  static final class GreyJudge implements ImageClassifier {
    @Override
    public List<String> things() {
      return vocabulary().ofStyle(false).stream().map(Phrase::phrase).toList();
    }

    @Override
    public List<String> styles() {
      return List.of("dotted");
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      return images.stream().map(image -> "a thing" + image.rgb()[0]).toList();
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      return images.stream().map(image -> "dotted").toList();
    }

    @Override
    public double[] similarities(List<RgbImage> images, String thing) {
      return images.stream().mapToDouble(image -> image.rgb()[0] / 10.0).toArray();
    }
  }

  /** An image of one pixel for each digit, which is its grey. */
  private static List<RgbImage> images(String greys) {
    return greys
        .chars()
        .mapToObj(digit -> (byte) Character.digit(digit, 10))
        .map(grey -> new RgbImage(1, 1, new byte[] {grey, grey, grey}))
        .toList();
  }

  private static List<List<RgbImage>> images(String[] greys) {
    return Arrays.stream(greys).map(CorrectionEvaluationTest::images).toList();
  }

  private static Evaluation trial() {
    return Evaluation.of(List.of(GOAL, ATTRIBUTE), vocabulary(), SIZE);
  }

  /** Images by their greys, for each prompt of the evaluation. */
  private static EvaluationResult result(String greys) {
    return trial().judged(images(greys.split(" ")), new GreyJudge());
  }

  private static EvaluationResult before() {
    return result("0000 00 44 1117 22 3 5 6");
  }

  @Test
  void drawsTheWordItsInstancesWhatIsTakenOutAndOthersThatAreNoneOfThem() {
    Evaluation trial = trial();
    assertThat(trial.others()).containsExactly("a thing3", "a thing5", "a thing6");
    List<GenerationRequest> requests = trial.requests();
    assertThat(requests)
        .extracting(GenerationRequest::prompt)
        .containsExactly(
            "a photo of a thing",
            "a photo of a thing0",
            "a photo of a thing4",
            "a photo of a thing1",
            "a photo of a thing2",
            "a photo of a thing3",
            "a photo of a thing5",
            "a photo of a thing6");
    assertThat(requests).allMatch(request -> request.seed() == 10 && request.steps() == 20);
    assertThat(requests)
        .extracting(GenerationRequest::count)
        .containsExactly(4, 2, 2, 4, 2, 1, 1, 1);
    assertThat(trial.images()).isEqualTo(17);
  }

  @Test
  void aConceptThatIsNamedWithoutItsArticleIsNoOther() {
    EditGoal bare =
        new EditGoal(new Concept("thing3", ConceptType.OBJECT), List.of(), List.of("a thing2"));
    assertThat(Evaluation.of(List.of(bare), vocabulary(), SIZE).others())
        .doesNotContain("a thing3", "a thing2");
  }

  @Test
  void countsWhatTheGeneralWordShows() {
    EvaluationResult after = result("4047 03 44 1111 22 3 5 7");
    GoalResult word = after.goals().get(0);
    assertThat(word.general().counts()).hasToString("{a thing4=2, a thing0=1, a thing7=1}");
    assertThat(word.share("a thing7")).isEqualTo(0.25);
    assertThat(word.dominantShare()).isEqualTo(0.25);
    assertThat(word.overshadowedShare()).isEqualTo(0.5);
    assertThat(word.recognised()).isEqualTo(0.75);
    assertThat(word.worstFall(before().goals().get(0))).isEqualTo(0.5);
    GoalResult attribute = after.goals().get(1);
    assertThat(attribute.similarities()).containsExactly(0.1);
    assertThat(attribute.recognised()).isEqualTo(1);
    assertThatThrownBy(attribute::dominantShare).hasMessageContaining("a thing1");
    assertThat(after.retainAccuracy()).isEqualTo(2.0 / 3);
    assertThat(after.drift(before())).isEqualTo(1.0 / 3);
    assertThat(after.since(before()))
        .isEqualTo(
            "a thing: a thing0 4/4 → 1/4 [5 %, 70 %], a thing4 0/4 → 2/4 [15 %, 85 %], "
                + "under their own names 100 % → 75 %; a thing1: similarity to a thing2 "
                + "0.250 → 0.100, under their own names 83 % → 100 %; others 100 % → 67 % of 3");
  }

  @Test
  void whatStaysUnchangedIsDrawnUnderItsOwnNameAndIsNoInstance() {
    EditGoal two = new EditGoal(GOAL.concept(), GOAL.instances(), List.of(), List.of("a thing7"));
    Evaluation trial = Evaluation.of(List.of(two), vocabulary(), SIZE);
    assertThat(trial.others()).doesNotContain("a thing7");
    assertThat(trial.requests())
        .extracting(GenerationRequest::prompt)
        .startsWith(
            "a photo of a thing",
            "a photo of a thing0",
            "a photo of a thing4",
            "a photo of a thing7");
    List<List<RgbImage>> before = images("0000 00 44 77 1 3 5".split(" "));
    List<List<RgbImage>> after = images("0477 00 44 07 1 3 5".split(" "));
    GoalResult was = trial.judged(before, new GreyJudge()).goals().get(0);
    GoalResult is = trial.judged(after, new GreyJudge()).goals().get(0);
    assertThat(is.named())
        .extracting(EvaluationResult.Row::phrase)
        .containsExactly("a thing0", "a thing4", "a thing7");
    assertThat(is.worstFall(was)).isEqualTo(0.5);
    assertThat(is.overshadowedShare()).isEqualTo(0.25);
  }

  @Test
  void saysEachLimitThatIsMissed() {
    CorrectionLimits limits = CorrectionLimits.DEFAULT;
    EvaluationResult good = result("0044 00 44 1111 22 3 5 6");
    assertThat(limits.missed(before(), good)).isEmpty();
    assertThat(limits.missed(before(), before()))
        .containsExactly(
            "the dominant instance a thing0 still shows in 100 % of a thing (wanted: less than"
                + " 60 %)",
            "the other instances show in 0 % of a thing (wanted: more than 35 %)",
            "a thing1 looks no less like a thing2: similarity 0.250, before 0.250");
    assertThat(limits.missed(before(), result("4444 00 44 1111 22 3 5 6")))
        .containsExactly(
            "the dominant instance a thing0 does not show in a thing any more: the word is turned"
                + " around");
    EvaluationResult harmful = result("0044 03 44 1000 22 3 5 7");
    assertThat(limits.missed(before(), harmful))
        .containsExactly(
            "a thing0 under its own name falls from 2/2 to 1/2 (at most 10 points)",
            "a thing1 under its own name falls from 3/4 to 1/4 (at most 10 points)",
            "the recognition of others falls by 33.3 points (at most 3)");
  }

  @Test
  void aLimitThatIsReachedExactlyIsMissedForSharesAndKeptForFalls() {
    CorrectionLimits exact = new CorrectionLimits(0.5, 0.5, 0.5, 1.0 / 3);
    EvaluationResult after = result("0044 03 44 1111 22 3 5 7");
    assertThat(exact.missed(before(), after)).hasSize(2).allMatch(text -> text.contains("50 %"));
  }

  @Test
  void aJudgeThatDoesNotKnowAnInstanceCannotJudge() {
    assertThat(trial().canBeJudgedBy(new GreyJudge())).isTrue();
    EditGoal unknown = new EditGoal(GOAL.concept(), List.of("a thing0", "a stranger"), List.of());
    assertThat(Evaluation.of(List.of(unknown), vocabulary(), SIZE).canBeJudgedBy(new GreyJudge()))
        .isFalse();
    EditGoal strange = new EditGoal(GOAL.concept(), List.of(), List.of("a stranger"));
    assertThat(Evaluation.of(List.of(strange), vocabulary(), SIZE).canBeJudgedBy(new GreyJudge()))
        .isFalse();
  }
}
