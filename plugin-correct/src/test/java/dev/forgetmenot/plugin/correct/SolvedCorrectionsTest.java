package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.ONE_ROW;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static dev.forgetmenot.plugin.correct.TinyModel.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retargeting and attributes on the tiny model, looked at in the rows that they move. */
class SolvedCorrectionsTest {
  private static final double STORED = 1e-5; // what floats of a patch leave

  private static TinyModel tiny;

  private final Listener context = new Listener(VOCABULARY);

  @BeforeAll
  static void load() throws IOException {
    tiny = new TinyModel();
  }

  @AfterAll
  static void free() throws IOException {
    tiny.close();
  }

  private static ConceptEditor editor(String name) {
    return switch (name) {
      case "retarget" -> new Retarget();
      case "attribute" -> new AttributeCorrection();
      default -> new Balance();
    };
  }

  private PatchDraft edit(String name, Map<String, String> given) throws IOException {
    return tiny.edit(editor(name), given, context, ANIMAL);
  }

  private void refused(String name, Map<String, String> given, String message) {
    assertThatIllegalArgumentException()
        .as(message)
        .isThrownBy(() -> edit(name, given))
        .withMessageContaining(message);
  }

  private static double relative(Matrix a, Matrix b) {
    return a.minus(b).norm() / b.norm();
  }

  @Test
  void theWordIsDrawnAsItsGuideWhichStays() throws IOException {
    PatchDraft draft = edit("retarget", with(ONE_ROW, "guide", "a car", "preserve", "tree|hill"));
    InputUpdate edit = TinyModel.solved(draft);
    Matrix car = tiny.row("a car");
    assertThat(relative(tiny.row("an animal"), car)).isGreaterThan(0.2);
    assertThat(relative(edit.of(tiny.row("an animal")), car)).isLessThan(1e-4);
    for (String kept : List.of("a car", "a tree", "a hill")) {
      assertThat(PreservedEmbeddings.drift(edit, tiny.row(kept))).as(kept).isLessThan(STORED);
    }
    Map<String, String> recipe = draft.recipe().parameters();
    assertThat(Double.parseDouble(recipe.get("residual"))).isLessThan(1e-4);
    assertThat(recipe).containsEntry("guide", "a car").containsKeys("condition", "pull", "rank");
    assertThat(draft.recipe().method()).isEqualTo("retarget");
    assertThat(draft.name()).isEqualTo("correct-animal");
    assertThat(draft.intent().operation()).isEqualTo("correct");
    assertThat(draft.intent().concepts().get(0).guide()).contains("a car");
    assertThat(context.said).anyMatch(line -> line.startsWith("'an animal' → a car: residual "));
  }

  @Test
  void severalGuidesAreTheirMeanAndAPullIsAPartOfTheWay() throws IOException {
    Matrix word = tiny.row("an animal");
    Matrix mean = tiny.row("a car").plus(tiny.row("a tree")).times(0.5);
    InputUpdate all = TinyModel.solved(edit("retarget", with(ONE_ROW, "guide", "car | tree")));
    assertThat(relative(all.of(word), mean)).isLessThan(1e-4);
    PatchDraft draft = edit("retarget", with(ONE_ROW, "guide", "car|tree", "pull", "0.25"));
    Matrix part = word.plus(mean.minus(word).times(0.25));
    assertThat(relative(TinyModel.solved(draft).of(word), part)).isLessThan(1e-4);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual")))
        .isCloseTo(0.75, within(1e-3));
    assertThat(draft.intent().concepts().get(0).guide()).contains("a car | a tree");
  }

  /** With fewer directions than rows the word comes as far as the recipe says. */
  @Test
  void theResidualSaysHowFarTheRowsAreFromTheirGuide() throws IOException {
    Map<String, String> two =
        Map.of(
            "template", "a photo of {}|{} in an image",
            "token-selection", "last",
            "neighbours", "0",
            "rank", "1",
            "guide", "a car");
    PatchDraft draft = edit("retarget", two);
    InputUpdate edit = TinyModel.solved(draft);
    Matrix word = rows("an animal");
    Matrix car = rows("a car");
    double left = edit.of(word).minus(car).norm() / word.minus(car).norm();
    assertThat(left).isBetween(0.05, 0.95);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual")))
        .isCloseTo(left, within(6e-4)); // three digits
  }

  private static Matrix rows(String phrase) {
    return tiny.row("a photo of ", phrase, "").beside(tiny.row("", phrase, " in an image"));
  }

  @Test
  void aWordThatDrawsAnotherThingIsJudgedByWhatItDraws() throws IOException {
    context.judgedBy(
        new RuledJudge(
            List.of(), images -> RuledJudge.seen(Map.of("a lion", images - 1, "a dog", 1))));
    Map<String, String> given =
        with(ONE_ROW, "guide", "a car", "eval-images", "4", "eval-steps", "1");
    InputUpdate edit = TinyModel.solved(edit("retarget", given));
    assertThat(context.said).contains("'an animal' shows a lion today");
    assertThat(PreservedEmbeddings.drift(edit, tiny.row("a lion"))).isLessThan(STORED);
    EditGoal goal = context.goals.get(0);
    assertThat(goal.instances()).containsExactly("a lion", "a car");
    assertThat(goal.concept().name()).isEqualTo("an animal");
    edit("retarget", with(given, "guide", "a car|a lion"));
    assertThat(context.goals.get(1).instances())
        .as("the dominant one first")
        .containsExactly("a lion", "a car");
  }

  @Test
  void aThingIsItsOwnDominantInstance() throws IOException {
    PatchDraft draft =
        tiny.edit(
            new Retarget(),
            with(ONE_ROW, "guide", "a cat"),
            context,
            new Concept("dog", ConceptType.OBJECT));
    assertThat(relative(TinyModel.solved(draft).of(tiny.row("a dog")), tiny.row("a cat")))
        .isLessThan(1e-4);
    assertThat(context.goals.get(0).instances()).containsExactly("a dog", "a cat");
  }

  @Test
  void whatTheWordBringsAlongIsTakenOutAndTheOtherThingStays() throws IOException {
    Matrix lion = tiny.row("a lion");
    Matrix usual = usual("a lion");
    Matrix gone = lion.minus(usual);
    Matrix own = tiny.row("an animal").minus(usual);
    for (double pull : new double[] {0.5, 1, 2}) {
      PatchDraft draft =
          edit("attribute", with(ONE_ROW, "without", "lion", "pull", Double.toString(pull)));
      InputUpdate edit = TinyModel.solved(draft);
      Matrix now = edit.of(tiny.row("an animal")).minus(usual);
      assertThat(gone.dot(now)).isCloseTo((1 - pull) * gone.dot(own), within(1e-3 * gone.norm()));
      Matrix rest = now.minus(own);
      assertThat(rest.minus(gone.times(rest.dot(gone) / gone.dot(gone))).norm())
          .as("moved along the attribute alone")
          .isLessThan(1e-4 * own.norm());
      assertThat(PreservedEmbeddings.drift(edit, lion)).isLessThan(STORED);
      assertThat(Double.parseDouble(draft.recipe().parameters().get("residual")))
          .isCloseTo(Math.abs(1 - pull), within(1e-3));
    }
    double brought = Math.abs(gone.dot(own)) / gone.norm() / own.norm();
    assertThat(context.said)
        .contains(
            String.format(
                java.util.Locale.ROOT,
                "'an animal' has %.3g of itself in the directions of a lion",
                brought));
    assertThat(context.goals.get(0).without()).containsExactly("a lion");
    assertThat(context.goals.get(0).instances()).isEmpty();
  }

  /** What all things have, without one of them. */
  private static Matrix usual(String without) {
    List<String> others =
        VOCABULARY.phrases().stream()
            .map(KnownConcepts.Phrase::phrase)
            .filter(phrase -> !phrase.equals(without))
            .toList();
    Matrix sum = tiny.row(others.get(0));
    for (String other : others.subList(1, others.size())) {
      sum = sum.plus(tiny.row(other));
    }
    return sum.times(1.0 / others.size());
  }

  @Test
  void severalThingsAreTakenOutTogether() throws IOException {
    PatchDraft draft = edit("attribute", with(ONE_ROW, "without", "lion|bear"));
    InputUpdate edit = TinyModel.solved(draft);
    assertThat(PreservedEmbeddings.drift(edit, tiny.row("a lion"))).isLessThan(STORED);
    assertThat(PreservedEmbeddings.drift(edit, tiny.row("a bear"))).isLessThan(STORED);
    assertThat(PreservedEmbeddings.drift(edit, tiny.row("an animal"))).isGreaterThan(1e-2);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-3);
    assertThat(draft.intent().concepts().get(0).guide()).contains("without a lion, a bear");
  }

  @Test
  void anAttributeNeedsNoVocabulary() throws IOException {
    Listener bare = new Listener(KnownConcepts.EMPTY);
    PatchDraft draft =
        tiny.edit(
            new AttributeCorrection(),
            Map.of("template", "a photo of {}", "token-selection", "last", "without", "a lion"),
            bare,
            new Concept("an animal", ConceptType.OBJECT));
    assertThat(PreservedEmbeddings.drift(TinyModel.solved(draft), tiny.row("a lion")))
        .isLessThan(STORED);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-3);
  }

  @Test
  void wrongUseIsSaid() {
    refused("retarget", Map.of(), "retarget needs --guide: what the word should be drawn as");
    refused("retarget", Map.of("guide", "an animal"), "'an animal' would be drawn as itself");
    refused("retarget", Map.of("guide", "a car|Animal"), "'an animal' would be drawn as itself");
    refused("attribute", Map.of(), "attribute needs --without");
    refused("attribute", Map.of("without", "animal"), "without itself is nothing");
    refused(
        "retarget",
        Map.of("guide", "car", "kept-directions", "64", "empty-directions", "64"),
        "keep fewer phrases");
  }

  @ParameterizedTest
  @ValueSource(strings = {"retarget", "attribute", "balance"})
  void oneWordIsCorrectedAtATime(String name) {
    String needed =
        switch (name) {
          case "retarget" -> "guide";
          case "attribute" -> "without";
          default -> "balance";
        };
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tiny.edit(
                    editor(name),
                    Map.of(needed, "car"),
                    context,
                    ANIMAL,
                    new Concept("plant", ConceptType.OBJECT)))
        .withMessage(
            "one word is corrected at a time, not [animal, plant]; make a patch for each, they"
                + " stack");
  }
}
