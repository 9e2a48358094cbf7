package dev.forgetmenot.kit.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.model.RgbImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is drawn to judge an edit, and how results are counted. */
class EvaluationTest {
  private static final Evaluation.Size SIZE = new Evaluation.Size(4, 5, 2, 10, 20);

  private static KnownConcepts vocabulary() {
    List<Phrase> phrases = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      phrases.add(new Phrase("thing" + i, "a thing" + i, ConceptType.OBJECT, ""));
    }
    phrases.add(new Phrase("dotted", "dotted", ConceptType.STYLE, ""));
    return new KnownConcepts(phrases, List.of());
  }

  @Test
  void othersAreSpreadOverTheVocabularyWithoutTargetsAndStyles() {
    Concept concept = new Concept("thing4", ConceptType.OBJECT);
    Evaluation trial = Evaluation.ofForgetting(List.of(concept), vocabulary(), SIZE);
    assertThat(trial.goals())
        .containsExactly(EditGoal.forget(new Concept("a thing4", ConceptType.OBJECT)));
    assertThat(trial.others())
        .containsExactly("a thing0", "a thing3", "a thing8", "a thing12", "a thing16");
    assertThat(trial.prompt(trial.goals().get(0))).isEqualTo("a photo of a thing4");
    assertThat(trial.images()).isEqualTo(4 + 5 * 2);
  }

  @Test
  void aStyleIsNamedAsAStyleAndAnUnknownNameStaysAsItIs() {
    List<Concept> concepts =
        List.of(
            new Concept("dotted", ConceptType.STYLE), new Concept("nobody", ConceptType.IDENTITY));
    Evaluation trial = Evaluation.ofForgetting(concepts, vocabulary(), SIZE);
    assertThat(trial.prompt(trial.goals().get(0))).isEqualTo("a photo in the style of dotted");
    assertThat(trial.prompt(trial.goals().get(1))).isEqualTo("a photo of nobody");
    assertThat(trial.others()).hasSize(5);
    assertThat(Evaluation.ofForgetting(concepts, KnownConcepts.EMPTY, SIZE).others()).isEmpty();
  }

  private static GoalResult forgotten(EvaluationResult.Row row) {
    EditGoal goal = EditGoal.forget(new Concept(row.phrase(), ConceptType.OBJECT));
    return new GoalResult(goal, row, List.of(), List.of(), List.of());
  }

  private static EvaluationResult.Row row(String phrase, int grey, String... seen) {
    byte[] rgb = {(byte) grey, (byte) grey, (byte) grey};
    return new EvaluationResult.Row(
        phrase, Collections.nCopies(seen.length, new RgbImage(1, 1, rgb)), List.of(seen));
  }

  @Test
  void countsWhatIsRecognisedAndHowFarTheRestMoved() {
    EvaluationResult before =
        new EvaluationResult(
            List.of(forgotten(row("a", 0, "a", "a"))),
            List.of(row("b", 200, "b", "b"), row("c", 9, "c")));
    EvaluationResult after =
        new EvaluationResult(
            List.of(forgotten(row("a", 0, "b", "a"))),
            List.of(row("b", 190, "b", "a"), row("c", 13, "c")));
    assertThat(after.left()).isEqualTo(1);
    assertThat(after.worstLeft()).isEqualTo(0.5);
    assertThat(after.retainAccuracy()).isEqualTo(2.0 / 3);
    assertThat(after.drift(before)).isEqualTo((10 + 4) / 2.0);
    assertThat(after.mostlyShown()).containsExactlyInAnyOrder("a", "b");
    assertThat(after.since(before))
        .isEqualTo("recognised as a 2/2 → 1/2 [9 %, 91 %]; others 100 % → 67 % of 3");
  }

  @Test
  void countsHaveWilsonIntervalsOfNinetyFivePercent() {
    EvaluationResult.Row row =
        row("a", 0, Stream.generate(() -> "a").limit(16).toArray(String[]::new));
    assertThat(row.of(2) + " " + row.interval(2)).isEqualTo("2/16 [3 %, 36 %]");
    assertThat(row.interval(0)).as("none is not never").isEqualTo("[0 %, 19 %]");
    assertThat(row.interval(16)).isEqualTo("[81 %, 100 %]");
  }

  @Test
  void aForgettingIsJudgedByWhoKnowsTheConcept() {
    Evaluation known =
        Evaluation.ofForgetting(
            List.of(new Concept("thing4", ConceptType.OBJECT)), vocabulary(), SIZE);
    Evaluation unknown =
        Evaluation.ofForgetting(
            List.of(new Concept("a stranger", ConceptType.IDENTITY)), vocabulary(), SIZE);
    ImageClassifier judge = new CorrectionEvaluationTest.GreyJudge();
    assertThat(known.canBeJudgedBy(judge)).isTrue();
    assertThat(unknown.canBeJudgedBy(judge)).isFalse();
  }

  private static final EditGoal WORD =
      new EditGoal(
          new Concept("a word", ConceptType.OBJECT), List.of("a thing4", "a thing5"), List.of());

  @Test
  void aGeneralWordIsDrawnBesideWhatIsForgottenAndItsInstancesAreNot() {
    Concept concept = new Concept("thing4", ConceptType.OBJECT);
    Evaluation trial = Evaluation.ofForgetting(List.of(concept), List.of(WORD), vocabulary(), SIZE);
    assertThat(trial.goals()).hasSize(2).last().isEqualTo(WORD);
    assertThat(trial.others()).doesNotContain("a thing5");
    assertThat(trial.images()).isEqualTo(4 + 4 + 5 * 2);
    assertThat(trial.requests())
        .extracting(request -> request.prompt())
        .startsWith("a photo of a thing4", "a photo of a word", "a photo of a thing0")
        .hasSize(7);
  }

  @Test
  void nearOnesAreDrawnAndCountedApartFromOthers() {
    Concept concept = new Concept("thing4", ConceptType.OBJECT);
    Evaluation trial =
        Evaluation.ofForgetting(List.of(concept), vocabulary(), SIZE)
            .near(
                List.of(
                    new Concept("a thing5", ConceptType.OBJECT),
                    new Concept("dotted", ConceptType.STYLE)));
    assertThat(trial.images()).isEqualTo(4 + 2 * 4 + 5 * 2);
    assertThat(trial.requests())
        .extracting(request -> request.prompt())
        .startsWith("a photo of a thing4", "a photo of a thing5", "a photo in the style of dotted")
        .hasSize(8);
    assertThat(trial.requests()).extracting(request -> request.count()).startsWith(4, 4, 4, 2);
    EvaluationResult result =
        new EvaluationResult(
            List.of(forgotten(row("a", 0, "a"))),
            List.of(row("b", 0, "b", "a", "b", "b")),
            List.of(row("c", 0, "c")));
    assertThat(result.nearRecognised()).isEqualTo(0.75);
    assertThat(result.retainAccuracy()).isEqualTo(1);
    assertThat(result.rows()).extracting(one -> one.phrase()).containsExactly("a", "b", "c");
  }

  private static EvaluationResult withWord(String... seen) {
    GoalResult word = new GoalResult(WORD, row("a word", 0, seen), List.of(), List.of(), List.of());
    return new EvaluationResult(
        List.of(forgotten(row("a thing4", 0, "a thing4")), word), List.of());
  }

  @Test
  void aGeneralWordIsNotWhatIsLeft() {
    EvaluationResult before = withWord("a thing4", "a thing4");
    EvaluationResult after = withWord("a thing5", "a word");
    assertThat(after.left()).isEqualTo(1);
    assertThat(after.worstLeft()).isEqualTo(1);
    assertThat(after.names()).isEqualTo("a thing4");
    assertThat(after.generalWords()).hasSize(1);
    assertThat(after.generalWords().get(0).overshadowedShare()).isEqualTo(0.5);
    assertThat(after.since(before))
        .contains("a word: a thing4 2/2 → 0/2")
        .contains("a thing5 0/2 → 1/2")
        .doesNotContain("own names");
  }
}
