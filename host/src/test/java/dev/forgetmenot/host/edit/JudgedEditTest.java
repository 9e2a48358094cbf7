package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a report says where two judges see different things. */
class JudgedEditTest {
  private static final EditGoal BEAR = EditGoal.forget(new Concept("a bear", ConceptType.OBJECT));

  private static EvaluationResult.Row row(String phrase, String... seen) {
    RgbImage image = new RgbImage(1, 1, new byte[3]);
    return new EvaluationResult.Row(phrase, Collections.nCopies(seen.length, image), List.of(seen));
  }

  private static EvaluationResult result(String... bears) {
    GoalResult goal = new GoalResult(BEAR, row("a bear", bears), List.of(), List.of(), List.of());
    return new EvaluationResult(List.of(goal), List.of(row("a cup", "a cup", "a cup")));
  }

  private static JudgedEdit judged(String name, String... after) {
    return new JudgedEdit(name, result("a bear", "a bear"), result(after));
  }

  @Test
  void theOthersCountAndTheDisagreementAreSaid() {
    JudgedEdit b = judged(JudgedEdit.PROTOTYPES, "a dog", EvaluationResult.NO_ANSWER);
    JudgedEdit a = judged(JudgedEdit.TEXTS, "a dog", "a bear");
    List<String> lines = b.beside(a);
    assertThat(lines.get(0))
        .startsWith("judge A, texts: recognised as a bear 2/2 → 1/2 [")
        .endsWith("others 100 % → 100 % of 2");
    // expected agreement 2/4 · 2/4 + 1/4 · 1/4 = 5/16, observed 3/4: (12 - 5) / (16 - 5)
    assertThat(lines.get(1)).isEqualTo("the judges differ on 1 of 4 images after it (κ 0.64)");
    assertThat(lines.get(2))
        .isEqualTo(
            "judge A, texts takes a bear for a dog 1, a bear 1; both judges say the same of 1/2");
    assertThat(lines.get(3))
        .isEqualTo(
            "the judges DISAGREE on a bear: 0/2 is recognised by judge B, prototypes, 1/2 by judge"
                + " A, texts");
  }

  private static JudgedEdit word(String name, String... after) {
    EditGoal animal =
        new EditGoal(
            new Concept("an animal", ConceptType.OBJECT), List.of("a bear", "a dog"), List.of());
    GoalResult word =
        new GoalResult(animal, row("an animal", after), List.of(), List.of(), List.of());
    EvaluationResult bear = result("a dog", "a dog");
    EvaluationResult both = new EvaluationResult(List.of(bear.goals().get(0), word), List.of());
    return new JudgedEdit(name, both, both);
  }

  @Test
  void aGeneralWordWhoseInstancesOneJudgeDoesNotSeeIsSaid() {
    JudgedEdit b = word(JudgedEdit.PROTOTYPES, "a dog", EvaluationResult.NO_ANSWER);
    JudgedEdit a = word(JudgedEdit.TEXTS, "a dog", "a dog");
    assertThat(b.beside(b)).noneMatch(line -> line.contains("DISAGREE"));
    assertThat(b.beside(a))
        .contains(
            "the judges DISAGREE on an animal: other instances than a bear show in 1/2 for judge"
                + " B, prototypes, in 2/2 for judge A, texts");
  }

  @Test
  void abstentionsOfBothAgree() {
    JudgedEdit b = judged(JudgedEdit.PROTOTYPES, "a dog", EvaluationResult.NO_ANSWER);
    assertThat(b.beside(b)).hasSize(3);
    assertThat(JudgedEdit.agreement(b.after(), b.after()).disagreeing()).isEmpty();
  }
}
