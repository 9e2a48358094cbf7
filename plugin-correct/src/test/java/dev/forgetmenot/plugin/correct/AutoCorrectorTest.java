package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which method is taken on the tiny model, by a judge that knows what has been tried. */
class AutoCorrectorTest {
  private static final int OF_WORD = 4; // images; half as many of an instance
  private static final Map<String, String> SMALL =
      Map.of("eval-images", "4", "eval-steps", "1", "eval-others", "0");
  private static final Map<String, String> TWO =
      TinyModel.with(SMALL, "dominant", "lion", "balance", "lion,bear");

  private final Listener context = new Listener(VOCABULARY);
  private TinyModel tiny;
  private String key;

  @BeforeEach
  void load() throws IOException {
    tiny = new TinyModel();
    key = tiny.keysAndValues().get(0);
  }

  @AfterEach
  void free() throws IOException {
    tiny.close();
  }

  private PatchDraft edit(Map<String, String> given) throws IOException {
    return tiny.edit(new AutoCorrector(), given, context, ANIMAL);
  }

  private boolean onTheBase() {
    return tiny.weight(key, true).minus(tiny.weight(key, false)).norm() == 0;
  }

  /** Sees instances where they are named, in turn; of the word all lions until it is edited. */
  private RuledJudge ofInstances(List<String> known) {
    int[] named = {0};
    return new RuledJudge(
        known,
        images -> {
          if (images < OF_WORD) {
            String phrase = named[0]++ % 2 == 0 ? "a lion" : "a bear";
            return Collections.nCopies(images, phrase);
          }
          return RuledJudge.seen(
              onTheBase() ? Map.of("a lion", 4) : Map.of("a lion", 2, "a bear", 2));
        });
  }

  @Test
  void theFirstThatDoesWhatItShouldIsTaken() throws IOException {
    context.judgedBy(ofInstances(List.of("a lion", "a bear")));
    PatchDraft draft = edit(TWO);
    assertThat(draft.recipe().method()).isEqualTo("balance");
    assertThat(draft.recipe().parameters())
        .containsEntry("chosen-by", "auto")
        .containsEntry("instances", "a lion=0.500,a bear=0.500");
    assertThat(draft.recipe().parameters().get("chosen-among"))
        .startsWith("balance balance=lion, bear dominant=a lion")
        .contains("a lion 4/4 → 2/4 [15 %, 85 %], a bear 0/4 → 2/4")
        .doesNotContain(" | ");
    assertThat(context.said)
        .anyMatch(line -> line.startsWith("tried balance"))
        .noneMatch(line -> line.startsWith("tried distill"))
        .last(as(STRING))
        .startsWith("chosen, by these images: balance balance=lion, bear");
    assertThat(context.goals)
        .containsOnly(
            new EditGoal(
                new Concept("an animal", ConceptType.OBJECT),
                List.of("a lion", "a bear"),
                List.of()));
    assertThat(onTheBase()).as("trials leave the base").isTrue();
  }

  /**
   * Half lions and half bears by name, all of them between both; the training is not waited for.
   */
  @Test
  void whatIsBetweenTwoInstancesIsNotTakenForEither(@TempDir Path folder) {
    context
        .stoppingAfter(1, folder.resolve("state"))
        .judgedBy(
            ofInstances(List.of("a lion", "a bear"))
                .sure(images -> images == OF_WORD && !onTheBase() ? 0.01 : 0.1));
    assertThatThrownBy(() -> edit(TWO)).isInstanceOf(CancellationException.class);
    assertThat(context.said)
        .contains("between its instances the word shows other things: no pull shares it out")
        .anyMatch(line -> line.matches("tried balance.*a lion 4/4 → 0/4.*a bear 0/4 → 0/4.*"));
  }

  @Test
  void withoutAJudgeTheFirstCandidateIsTakenAndThatIsSaid() throws IOException {
    PatchDraft draft = edit(TWO);
    assertThat(draft.recipe().method()).isEqualTo("balance");
    assertThat(draft.recipe().parameters())
        .containsEntry("chosen-among", "unmeasured")
        .containsEntry("pulls", "0.500");
    assertThat(context.said)
        .anyMatch(
            line ->
                line.startsWith(
                    "no classifier for these images, so methods were not compared: using"
                        + " balance"));
  }

  @Test
  void aJudgeThatDoesNotKnowAnInstanceComparesNothing() throws IOException {
    context.judgedBy(ofInstances(List.of("a lion")));
    assertThat(edit(TWO).recipe().parameters()).containsEntry("chosen-among", "unmeasured");
  }

  /**
   * Of the word it always sees the word; how much of the lion is in it depends on what is tried.
   */
  private void measuring(double base, double gently, double firmly) {
    context.judgedBy(
        new RuledJudge(
                List.of("a lion"),
                images -> Collections.nCopies(images, images < OF_WORD ? "a lion" : "an animal"))
            .measuring(
                thing -> {
                  assertThat(thing).isEqualTo("a lion");
                  boolean tried =
                      context.said.stream().anyMatch(line -> line.startsWith("tried attribute"));
                  return onTheBase() ? base : tried ? firmly : gently;
                }));
  }

  @Test
  void whatIsBroughtAlongIsTakenOutGentlyFirst() throws IOException {
    measuring(0.5, 0.4, 0.1);
    PatchDraft draft = edit(TinyModel.with(SMALL, "without", "lion"));
    assertThat(draft.recipe().method()).isEqualTo("attribute");
    assertThat(draft.recipe().parameters()).containsEntry("pull", "1.0");
    assertThat(draft.recipe().parameters().get("chosen-among"))
        .contains("similarity to a lion 0.500 → 0.400");
    assertThat(context.goals)
        .containsOnly(
            new EditGoal(
                new Concept("an animal", ConceptType.OBJECT), List.of(), List.of("a lion")));
  }

  @Test
  void andFirmlyWhereThatDoesNothing() throws IOException {
    measuring(0.5, 0.5, 0.4);
    PatchDraft draft = edit(TinyModel.with(SMALL, "without", "lion"));
    assertThat(draft.recipe().parameters()).containsEntry("pull", "2");
    assertThat(draft.recipe().parameters().get("chosen-among"))
        .contains("0.500 → 0.500")
        .contains(" | ")
        .contains("0.500 → 0.400");
  }

  @Test
  void whereNoneIsGoodTheNearestIsTaken() throws IOException {
    measuring(0.5, 0.6, 0.7);
    assertThat(edit(TinyModel.with(SMALL, "without", "lion")).recipe().parameters())
        .containsEntry("pull", "1.0");
    context.said.clear();
    measuring(0.5, 0.8, 0.6);
    assertThat(edit(TinyModel.with(SMALL, "without", "lion")).recipe().parameters())
        .containsEntry("pull", "2");
    assertThat(context.said.stream().filter(line -> line.startsWith("tried "))).hasSize(2);
  }

  @Test
  void severalThingsAreTakenOut() throws IOException {
    edit(TinyModel.with(SMALL, "without", "lion\na bear"));
    assertThat(context.goals.get(0).without()).containsExactly("a lion", "a bear");
  }

  @Test
  void aCandidateThatContradictsItselfIsSaidAndLeftOut() {
    measuring(0.5, 0.4, 0.4);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> edit(TinyModel.with(SMALL, "without", "lion", "preserve", "an animal|Animal")))
        .withMessageStartingWith("none of the methods that auto tries works here");
    assertThat(context.said)
        .anyMatch(line -> line.matches("attribute .* does not work here: .*name others"));
  }

  @Test
  void wrongUseIsSaid() {
    for (Map<String, String> both :
        List.of(
            Map.of("without", "lion", "balance", "lion,bear"),
            Map.of("without", "lion", "dominant", "lion"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> edit(both))
          .withMessageStartingWith("--without takes something out of a word")
          .withMessageEndingWith("make a patch for each, they stack");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tiny.edit(
                    new AutoCorrector(),
                    TWO,
                    context,
                    ANIMAL,
                    new Concept("plant", ConceptType.OBJECT)))
        .withMessageStartingWith("one word is corrected at a time, not [animal, plant]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edit(SMALL))
        .withMessageContaining("name them, the dominant one first, by --balance");
  }

  @Test
  void anEstimateIsOfTheFirstCandidate() throws IOException {
    EditEstimate estimate = tiny.estimate(new AutoCorrector(), TWO, context);
    assertThat(estimate.lines().get(0))
        .startsWith("the first of 2 methods that would be tried: balance ");
    assertThat(estimate.lines()).contains("pulled by 0.500");
    assertThat(onTheBase()).isTrue();
  }
}
