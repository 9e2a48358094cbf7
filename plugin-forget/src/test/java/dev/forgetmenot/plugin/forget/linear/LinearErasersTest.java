package dev.forgetmenot.plugin.forget.linear;

import static dev.forgetmenot.testkit.edit.SolvedEdits.projector;
import static dev.forgetmenot.testkit.edit.SolvedEdits.relative;
import static dev.forgetmenot.testkit.edit.SolvedEdits.solved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every eraser on the embedded model, looked at where it acts: what the keys and values of the
 * cross attention make of a prompt, with the edit as the patch holds it.
 */
class LinearErasersTest {
  private static final Concept WIZARD = new Concept("merlin", ConceptType.IDENTITY);
  private static final Concept BALL = new Concept("soccer ball", ConceptType.OBJECT);
  private static final String PROMPT = "a photo of merlin";

  /** What the solve's authors take of a prompt and keep of others. */
  private static final Map<String, String> AUTHORS =
      Map.of("token-selection", "last", "general-text-rows", "0");

  private static EditedModel edited;

  @BeforeAll
  static void load() throws IOException {
    edited = new EditedModel();
  }

  @AfterAll
  static void close() throws IOException {
    edited.close();
  }

  @Test
  void closedFormMakesTheNameItsGuide() throws IOException {
    PatchDraft draft =
        edited.edit(new UceEraser(), with(AUTHORS, "guide", "a dog", "lambda", "1e-4"), WIZARD);
    InputUpdate edit = solved((ClosedFormEdit) draft.edits().get(0));
    assertBecomes(edit, edited.last(PROMPT), edited.last("a photo of a dog"), 1e-2);
    assertThat(draft.recipe().parameters())
        .containsKeys("residual", "condition", "drift-nearest", "lambda", "token-selection");
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-2);
    assertThat(edited.said())
        .anyMatch(line -> line.contains("residual"))
        .anyMatch(line -> line.startsWith("cond(I + D)"));
    assertThat(draft.name()).isEqualTo("forget-merlin");
    assertThat(draft.description()).isEqualTo("Forgets 'merlin' by the method uce.");
    assertThat(draft.recipe().tool()).as("named by the package above").isEqualTo("plugin-forget");
  }

  @Test
  void closedFormTakesSeveralConceptsAndKeepsWhatItIsTold() throws IOException {
    Map<String, String> free =
        Map.of("guide", "a dog|a cat", "token-selection", "end", "general-text-rows", "0");
    Map<String, String> kept =
        Map.of(
            "guide", "a dog|a cat",
            "token-selection", "end",
            "preserve", "morgana|a basketball",
            "preserve-scale", "100");
    InputUpdate moving = solved((ClosedFormEdit) edits(free));
    InputUpdate keeping = solved((ClosedFormEdit) edits(kept));
    for (String prompt : List.of("a photo of morgana", "a photo of a basketball")) {
      Matrix end = edited.row(prompt, edited.model().tokenize(prompt).endPosition());
      assertThat(PreservedEmbeddings.drift(keeping, end))
          .isLessThan(0.2 * PreservedEmbeddings.drift(moving, end));
    }
  }

  private Object edits(Map<String, String> values) throws IOException {
    ClosedFormEdit edit =
        (ClosedFormEdit) edited.edit(new UceEraser(), values, WIZARD, BALL).edits().get(0);
    assertThat(edit.concepts())
        .extracting(ErasedConcept::label)
        .containsExactly("merlin", "soccer ball");
    assertThat(edit.concepts().get(1).target().count()).isEqualTo(3); // soccer, ball, end
    return edit;
  }

  @Test
  void theGuideOfNothingIsWhatTheEmptyPromptHasAtThatPlace() throws IOException {
    ClosedFormEdit edit =
        (ClosedFormEdit) edited.edit(new UceEraser(), AUTHORS, WIZARD).edits().get(0);
    assertThat(edit.concepts().get(0).guide().values())
        .isEqualTo(
            SolverEditor.rows(edited.row("", edited.model().tokenize(PROMPT).endPosition() - 1))
                .values());
    assertThat(edit.concepts().get(0).target().values())
        .isEqualTo(SolverEditor.rows(edited.last(PROMPT)).values());
  }

  /** A causal encoder writes a concept into every later row: its last token alone is not enough. */
  @Test
  void closedFormTakesTheConceptOutOfThePaddingAndHoldsGeneralText() throws IOException {
    String prompt = "a photo of a soccer ball";
    InputUpdate authors =
        solved((ClosedFormEdit) edited.edit(new UceEraser(), AUTHORS, BALL).edits().get(0));
    InputUpdate ours =
        solved((ClosedFormEdit) edited.edit(new UceEraser(), Map.of(), BALL).edits().get(0));
    Matrix padding = edited.row(prompt, 40);
    Matrix nothing = edited.row("", 40);
    double before = relative(edited.seen(padding), edited.seen(nothing));
    assertThat(relative(edited.seen(authors, padding), edited.seen(nothing)))
        .isGreaterThan(0.5 * before);
    assertThat(relative(edited.seen(ours, padding), edited.seen(nothing))).isLessThan(0.2 * before);
    Matrix other = edited.last("a photo of a castle");
    assertThat(PreservedEmbeddings.drift(ours, other))
        .isLessThan(0.5 * PreservedEmbeddings.drift(authors, other));
  }

  @Test
  void theRowsOfGeneralTextHadTheNameThatIsAWordElsewhere() {
    Settings given =
        Settings.of(new UceEraser().parameters(), Map.of("general-text", "7", "lambda", "2"));
    assertThat(given.number("general-text-rows")).isEqualTo(7);
    assertThat(given.notes())
        .containsExactly("setting general-text is now called general-text-rows");
    assertThat(
            Settings.of(new ObliqueEraser().parameters(), Map.of("general-text", "prompts"))
                .text("general-text"))
        .isEqualTo("prompts");
  }

  private static Map<String, String> with(Map<String, String> some, String... more) {
    Map<String, String> all = new HashMap<>(some);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  @Test
  void obliqueProjectorKeepsWhatItMustAndCannotBeUndone() throws IOException {
    PatchDraft draft =
        edited.edit(
            new ObliqueEraser(),
            Map.of("preserve", "morgana|a person", "rank", "4", "guide", "a person"),
            WIZARD);
    InputUpdate edit = projector(draft);
    assertThat(edit.rank()).isEqualTo(4);
    assertThat(PreservedEmbeddings.drift(edit, edited.row("", 0)))
        .as("begin token")
        .isLessThan(1e-5);
    assertThat(edit.condition()).isGreaterThan(1e5);
    Matrix name = edited.last(PROMPT);
    Matrix anchor = edited.last("a photo of a person");
    assertThat(relative(edit.of(name), anchor)).isLessThan(0.5 * relative(name, anchor));
    assertThat(draft.recipe().parameters().get("kept")).isEqualTo("morgana|a person");
  }

  @Test
  void aGeneralWordIsRedirectedToAnotherInstance() throws IOException {
    InputUpdate alone = projector(edited.edit(new ObliqueEraser(), Map.of(), WIZARD));
    InputUpdate both =
        projector(edited.edit(new ObliqueEraser(), Map.of("redirect", "a wizard=morgana"), WIZARD));
    assertThat(both.rank()).isEqualTo(3);
    Matrix word = edited.last("a photo of a wizard");
    Matrix instance = edited.last("a photo of morgana");
    assertThat(relative(both.of(word), instance))
        .isLessThan(0.6 * relative(alone.of(word), instance));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edited.edit(new ObliqueEraser(), Map.of("redirect", "a wizard"), WIZARD))
        .withMessage(
            "redirect: 'a wizard' is not a general word and what it draws instead; write"
                + " word=phrase");
  }

  @Test
  void theClosedFormRedirectsAGeneralWordAsAnotherConceptOfItsSolve() throws IOException {
    ClosedFormEdit edit =
        (ClosedFormEdit)
            edited
                .edit(new UceEraser(), Map.of("redirect", "a wizard=morgana"), WIZARD)
                .edits()
                .get(0);
    assertThat(edit.concepts()).extracting(ErasedConcept::label).contains("a wizard");
    InputUpdate solved = solved(edit);
    Matrix word = edited.last("a photo of a wizard");
    Matrix instance = edited.last("a photo of morgana");
    assertThat(relative(solved.of(word), instance)).isLessThan(0.6 * relative(word, instance));
  }

  @Test
  void generalPromptsMoveLessWhereGeneralTextHasPrompts() throws IOException {
    InputUpdate names = projector(edited.edit(new ObliqueEraser(), Map.of(), WIZARD));
    InputUpdate prompts =
        projector(edited.edit(new ObliqueEraser(), Map.of("general-text", "prompts"), WIZARD));
    String prompt = "an image of a castle on a pink background";
    Matrix end = edited.row(prompt, edited.model().tokenize(prompt).endPosition());
    assertThat(PreservedEmbeddings.drift(prompts, end))
        .isLessThan(0.7 * PreservedEmbeddings.drift(names, end));
  }

  @Test
  void specificDirectionsMoveOtherTextLess() throws IOException {
    Map<String, String> settings =
        Map.of("guide", "a vampire", "redirect", "a wizard=morgana", "general-text", "prompts");
    InputUpdate largest = projector(edited.edit(new ObliqueEraser(), settings, WIZARD));
    InputUpdate specific =
        projector(
            edited.edit(new ObliqueEraser(), with(settings, "directions", "specific"), WIZARD));
    assertThat(specific.rank()).isEqualTo(largest.rank());
    assertThat(specific.condition()).as("nothing brings the concept back").isGreaterThan(1e6);
    String prompt = "a photo of a fox on a pink background";
    Matrix end = edited.row(prompt, edited.model().tokenize(prompt).endPosition());
    assertThat(PreservedEmbeddings.drift(specific, end))
        .isLessThan(0.7 * PreservedEmbeddings.drift(largest, end));
  }

  @Test
  void aNamedPhraseIsKeptBesideTheNearestAndANearOneMayChange() throws IOException {
    String near = kept(Map.of("neighbours", "2", "general-words", "0"));
    List<String> nearest = List.of(near.split("\\|", -1));
    String first = nearest.get(0);
    assertThat(kept(Map.of("neighbours", "2", "general-words", "0", "keep", "a shoe")))
        .isEqualTo(near + "|a shoe");
    assertThat(kept(Map.of("neighbours", "2", "general-words", "0", "may-change", first)))
        .doesNotContain(first)
        .startsWith(nearest.get(1));
  }

  private static String kept(Map<String, String> settings) throws IOException {
    return edited.edit(new ObliqueEraser(), settings, WIZARD).recipe().parameters().get("kept");
  }

  @Test
  void obliqueProjectorTakesSeveralConceptsAtOnce() throws IOException {
    InputUpdate edit =
        projector(
            edited.edit(
                new ObliqueEraser(),
                Map.of("rank", "2", "guide", "a person|a balloon"),
                WIZARD,
                BALL));
    assertThat(edit.rank()).isEqualTo(4);
    Map<String, String> anchors =
        Map.of(PROMPT, "a photo of a person", "a photo of a soccer ball", "a photo of a balloon");
    anchors.forEach(
        (concept, anchor) ->
            assertThat(relative(edit.of(edited.last(concept)), edited.last(anchor)))
                .as(concept)
                .isLessThan(0.6 * relative(edited.last(concept), edited.last(anchor))));
  }

  /** What all things have in common is not taken away with several of them. */
  @Test
  void severalConceptsBecomeTheMeanOfOthersWhichMovesOthersLess() throws IOException {
    InputUpdate empty = two(Map.of("neutral", "empty"));
    InputUpdate mean = two(Map.of());
    assertThat(mean.difference().rowMajor())
        .isEqualTo(two(Map.of("neutral", "mean")).difference().rowMajor());
    Matrix other = edited.row("a photo of a castle", 40);
    assertThat(PreservedEmbeddings.drift(mean, other))
        .isLessThan(0.8 * PreservedEmbeddings.drift(empty, other));
    Matrix ball = edited.row("a photo of a soccer ball", 40);
    assertThat(relative(mean.of(ball), ball)).isGreaterThan(0.2);
    InputUpdate one = projector(edited.edit(new ObliqueEraser(), Map.of(), BALL));
    assertThat(one.difference().rowMajor())
        .as("one concept as before")
        .isEqualTo(
            projector(edited.edit(new ObliqueEraser(), Map.of("neutral", "empty"), BALL))
                .difference()
                .rowMajor());
  }

  private static InputUpdate two(Map<String, String> settings) throws IOException {
    return projector(edited.edit(new ObliqueEraser(), settings, WIZARD, BALL));
  }

  @Test
  void aboveAQuarterOfTheSpaceConceptsShareDirections() throws IOException {
    Concept[] many =
        IntStream.range(0, 40)
            .mapToObj(i -> new Concept("ball " + i, ConceptType.OBJECT))
            .toArray(Concept[]::new);
    assertThat(projector(edited.edit(new ObliqueEraser(), Map.of(), many)).rank()).isEqualTo(32);
  }

  @Test
  void obliqueProjectorWorksWithoutAVocabulary() throws IOException {
    PatchDraft draft =
        edited.edit(new ObliqueEraser(), Map.of(), edited.context(KnownConcepts.EMPTY), WIZARD);
    assertThat(draft.recipe().parameters().get("kept")).isEmpty();
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(0.5);
  }

  @Test
  void anEstimateSaysWhatTheEditWouldDo() throws IOException {
    ConceptEditor editor = new UceEraser();
    var estimate =
        edited
            .model()
            .engine()
            .call(
                () ->
                    editor.estimate(
                        List.of(WIZARD),
                        Settings.of(editor.parameters(), Map.of()),
                        edited.model(),
                        edited.context(EditedModel.VOCABULARY)));
    assertThat(estimate.orElseThrow().lines())
        .anyMatch(line -> line.contains("residual"))
        .anyMatch(line -> line.contains("nearest phrases"))
        .anyMatch(line -> line.startsWith("cond(I + D)"));
  }

  @Test
  void badInputIsRefused() {
    refused(Map.of("guide", "merlin"), WIZARD, "would become itself");
    refused(Map.of("guide", "a dog|a cat|a bus"), WIZARD, "names 3 for 1 concepts");
    refused(Map.of("template", "a photo"), WIZARD, "has no {}");
    refused(Map.of("template", "a {}s"), WIZARD, "as a word of its own");
    refused(Map.of("preserve", "merlin"), WIZARD, "are the concepts themselves");
    refused(Map.of("preserve", " | "), WIZARD, "names no phrase");
    String long_ = "very ".repeat(90) + "merlin";
    refused(Map.of(), new Concept(long_, ConceptType.IDENTITY), "would be cut off");
    String all =
        EditedModel.VOCABULARY.ofStyle(false).stream()
            .map(KnownConcepts.Phrase::phrase)
            .collect(Collectors.joining("|"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                edited.edit(
                    new ObliqueEraser(), Map.of("preserve", all, "kept-directions", "64"), WIZARD))
        .withMessageContaining("keep fewer phrases");
  }

  @Test
  void aConceptThatFillsThePromptIsStillFound() throws IOException {
    int room = edited.model().tokenize("").ids().size() - 2;
    String name = "merlin" + " dog".repeat(room - edited.model().tokenIds("merlin").size());
    ClosedFormEdit edit =
        (ClosedFormEdit)
            edited
                .edit(
                    new UceEraser(),
                    Map.of("template", "{}", "token-selection", "padding"),
                    new Concept(name, ConceptType.OBJECT))
                .edits()
                .get(0);
    assertThat(edit.concepts().get(0).target().count()).isEqualTo(room + 1); // and the end
  }

  private void refused(Map<String, String> values, Concept concept, String message) {
    assertThatIllegalArgumentException()
        .as(message)
        .isThrownBy(() -> edited.edit(new UceEraser(), values, concept))
        .withMessageContaining(message);
  }

  private static void assertBecomes(InputUpdate edit, Matrix name, Matrix guide, double within) {
    double left = relative(edited.seen(edit, name), edited.seen(guide));
    assertThat(left / relative(edited.seen(name), edited.seen(guide))).isLessThan(within);
  }
}
