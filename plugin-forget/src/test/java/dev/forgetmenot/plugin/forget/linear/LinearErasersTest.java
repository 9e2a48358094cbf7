package dev.forgetmenot.plugin.forget.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every eraser on the embedded model, looked at where it acts: what the keys and values of the
 * cross attention make of a prompt, with the edit as the patch holds it.
 */
class LinearErasersTest {
  private static final Concept WIZARD = new Concept("merlin", ConceptType.IDENTITY);
  private static final Concept BALL = new Concept("soccer ball", ConceptType.OBJECT);
  private static final String PROMPT = "a photo of merlin";
  private static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          Stream.of(
                  "merlin:identity",
                  "morgana:identity",
                  "a prince:identity",
                  "a genie:identity",
                  "a zombie:identity",
                  "a fairy:identity",
                  "a soccer ball:object",
                  "a basketball:object",
                  "a volleyball:object",
                  "a dog:object",
                  "a cat:object",
                  "a lion:object",
                  "a car:object",
                  "a bus:object",
                  "a balloon:object",
                  "a pizza:object",
                  "ink:style",
                  "sketch:style",
                  "pixel:style")
              .map(LinearErasersTest::phrase)
              .toList(),
          List.of("an animal", "a fruit", "a vehicle", "a food", "a person"));

  private static StableDiffusion model;

  private final List<String> said = new ArrayList<>();

  private static KnownConcepts.Phrase phrase(String entry) {
    String phrase = entry.substring(0, entry.indexOf(':'));
    return new KnownConcepts.Phrase(
        phrase.replaceFirst("^an? ", ""),
        phrase,
        ConceptType.of(entry.substring(entry.indexOf(':') + 1)),
        "");
  }

  @BeforeAll
  static void load() throws IOException {
    model = StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults());
  }

  @AfterAll
  static void close() throws IOException {
    model.close();
  }

  @Test
  void closedFormMakesTheNameItsGuide() throws IOException {
    PatchDraft draft = edit(new UceEraser(), Map.of("guide", "a dog", "lambda", "1e-4"), WIZARD);
    InputUpdate edit = solved((ClosedFormEdit) draft.edits().get(0));
    assertBecomes(edit, last(PROMPT), last("a photo of a dog"), 1e-2);
    assertThat(draft.recipe().parameters())
        .containsKeys("residual", "condition", "drift-nearest", "lambda", "columns");
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-2);
    assertThat(said).anyMatch(line -> line.contains("residual"));
    assertThat(said).anyMatch(line -> line.startsWith("cond(I + D)"));
    assertThat(draft.name()).isEqualTo("forget-merlin");
    assertThat(draft.description()).isEqualTo("Forgets 'merlin' by the method uce.");
    assertThat(draft.recipe().tool()).as("named by the package above").isEqualTo("plugin-forget");
  }

  @Test
  void closedFormTakesSeveralConceptsAndKeepsWhatItIsTold() throws IOException {
    Map<String, String> free = Map.of("guide", "a dog|a cat", "columns", "end");
    Map<String, String> kept =
        Map.of(
            "guide", "a dog|a cat",
            "columns", "end",
            "preserve", "morgana|a basketball",
            "preserve-scale", "100");
    InputUpdate moving = solved((ClosedFormEdit) edits(free));
    InputUpdate keeping = solved((ClosedFormEdit) edits(kept));
    for (String prompt : List.of("a photo of morgana", "a photo of a basketball")) {
      Matrix end = row(prompt, model.tokenize(prompt).endPosition());
      assertThat(PreservedEmbeddings.drift(keeping, end))
          .isLessThan(0.2 * PreservedEmbeddings.drift(moving, end));
    }
  }

  private Object edits(Map<String, String> values) throws IOException {
    ClosedFormEdit edit =
        (ClosedFormEdit) edit(new UceEraser(), values, WIZARD, BALL).edits().get(0);
    assertThat(edit.concepts())
        .extracting(ClosedFormEdit.Concept::label)
        .containsExactly("merlin", "soccer ball");
    assertThat(edit.concepts().get(1).target().count()).isEqualTo(3); // soccer, ball, end
    return edit;
  }

  @Test
  void theGuideOfNothingIsWhatTheEmptyPromptHasAtThatPlace() throws IOException {
    ClosedFormEdit edit = (ClosedFormEdit) edit(new UceEraser(), Map.of(), WIZARD).edits().get(0);
    assertThat(edit.concepts().get(0).guide().values())
        .isEqualTo(SolverEditor.rows(row("", model.tokenize(PROMPT).endPosition() - 1)).values());
    assertThat(edit.concepts().get(0).target().values())
        .isEqualTo(SolverEditor.rows(last(PROMPT)).values());
  }

  @Test
  void adversarialRoundsLeaveNoShortWayBack() throws IOException {
    Map<String, String> values = Map.of("guide", "a dog", "lambda", "1e-2");
    ClosedFormEdit plain = (ClosedFormEdit) edit(new UceEraser(), values, WIZARD).edits().get(0);
    ClosedFormEdit rounds =
        (ClosedFormEdit)
            edit(
                    new ReceEraser(),
                    Map.of("guide", "a dog", "lambda", "1e-2", "rounds", "2"),
                    WIZARD)
                .edits()
                .get(0);
    assertThat(rounds.concepts().get(0).target().count()).isEqualTo(3);
    // What undoes the plain edit gives the name's values back; after the rounds it gives the guide.
    Matrix way = columns(rounds.concepts().get(0).target()).columns(1, 2);
    Matrix name = last(PROMPT);
    double before = relative(seen(solved(plain), way), seenAsItIs(name));
    double after = relative(seen(solved(rounds), way), seenAsItIs(name));
    assertThat(before).isLessThan(0.5);
    assertThat(after).isGreaterThan(2 * before);
  }

  @Test
  void nullSpacesChangeValuesOnlyAndSpareWhatIsKept() throws IOException {
    PatchDraft draft = edit(new SpeedEraser(), Map.of("lambda", "0.01", "columns", "last"), WIZARD);
    Map<String, LowRank> factors = ((LowRankEdit) draft.edits().get(0)).factors();
    assertThat(factors.keySet()).isNotEmpty().allMatch(name -> name.endsWith("attn2.to_v.weight"));
    Matrix begin = row("", 0);
    for (Map.Entry<String, LowRank> entry : factors.entrySet()) {
      LowRank f = entry.getValue();
      Matrix change =
          Matrix.of(f.outputs(), f.rank(), f.up()).times(Matrix.of(f.rank(), f.inputs(), f.down()));
      Matrix weight = weight(entry.getKey());
      assertThat(change.times(begin).norm() / weight.times(begin).norm()).isLessThan(1e-5);
      Matrix name = last(PROMPT);
      Matrix guide = row("", model.tokenize(PROMPT).endPosition() - 1);
      double gone =
          relative(weight.plus(change).times(name), weight.times(guide))
              / relative(weight.times(name), weight.times(guide));
      assertThat(gone).as(entry.getKey()).isLessThan(0.6);
    }
  }

  @Test
  void spectralEraserWeakensTheNameAndSparesWhatIsKept() throws IOException {
    InputUpdate kept = projector(edit(new CureEraser(), Map.of(), WIZARD));
    InputUpdate other = projector(edit(new CureEraser(), Map.of("preserve", "a genie"), WIZARD));
    Matrix name = last(PROMPT);
    Matrix genie = last("a photo of a genie");
    assertThat(PreservedEmbeddings.drift(kept, name)).isGreaterThan(0.4);
    assertThat(PreservedEmbeddings.drift(kept, name))
        .isGreaterThan(PreservedEmbeddings.drift(kept, genie));
    assertThat(PreservedEmbeddings.drift(other, genie))
        .isLessThan(0.8 * PreservedEmbeddings.drift(kept, genie));
  }

  @Test
  void doubleProjectionMovesTheNameOnly() throws IOException {
    PatchDraft draft = edit(new DoubleProjectionEraser(), Map.of("cut", "0"), WIZARD);
    InputUpdate edit = projector(draft);
    assertThat(PreservedEmbeddings.drift(edit, last("a photo of a person"))).isLessThan(1e-5);
    assertThat(draft.recipe().parameters()).doesNotContainKey("neighbours");
    assertThat(PreservedEmbeddings.drift(edit, last(PROMPT))).isGreaterThan(0.05);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-4);
  }

  @Test
  void obliqueProjectorKeepsWhatItMustAndCannotBeUndone() throws IOException {
    PatchDraft draft =
        edit(
            new ObliqueEraser(),
            Map.of("preserve", "morgana|a person", "rank", "4", "anchor", "a person"),
            WIZARD);
    InputUpdate edit = projector(draft);
    assertThat(edit.rank()).isEqualTo(4);
    assertThat(PreservedEmbeddings.drift(edit, row("", 0))).as("begin token").isLessThan(1e-5);
    assertThat(edit.condition()).isGreaterThan(1e5);
    Matrix name = last(PROMPT);
    Matrix anchor = last("a photo of a person");
    assertThat(relative(edit.of(name), anchor)).isLessThan(0.5 * relative(name, anchor));
    assertThat(draft.recipe().parameters().get("kept")).isEqualTo("morgana|a person");
  }

  @Test
  void obliqueProjectorTakesSeveralConceptsAtOnce() throws IOException {
    InputUpdate edit =
        projector(
            edit(
                new ObliqueEraser(),
                Map.of("rank", "2", "anchor", "a person|a balloon"),
                WIZARD,
                BALL));
    assertThat(edit.rank()).isEqualTo(4);
    Map<String, String> anchors =
        Map.of(PROMPT, "a photo of a person", "a photo of a soccer ball", "a photo of a balloon");
    anchors.forEach(
        (concept, anchor) ->
            assertThat(relative(edit.of(last(concept)), last(anchor)))
                .as(concept)
                .isLessThan(0.6 * relative(last(concept), last(anchor))));
  }

  @Test
  void obliqueProjectorWorksWithoutAVocabulary() throws IOException {
    JobContext bare = new Context(KnownConcepts.EMPTY);
    PatchDraft draft =
        model
            .engine()
            .call(
                () ->
                    new ObliqueEraser()
                        .edit(
                            List.of(WIZARD),
                            Settings.of(new ObliqueEraser().parameters(), Map.of()),
                            model,
                            bare));
    assertThat(draft.recipe().parameters().get("kept")).isEmpty();
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(0.5);
  }

  @Test
  void anEstimateSaysWhatTheEditWouldDo() throws IOException {
    ConceptEditor editor = new UceEraser();
    var estimate =
        model
            .engine()
            .call(
                () ->
                    editor.estimate(
                        List.of(WIZARD),
                        Settings.of(editor.parameters(), Map.of()),
                        model,
                        new Context(VOCABULARY)));
    assertThat(estimate.orElseThrow().lines())
        .anyMatch(line -> line.contains("residual"))
        .anyMatch(line -> line.contains("nearest phrases"))
        .anyMatch(line -> line.startsWith("cond(I + D)"));
  }

  @Test
  void badInputIsRefused(@TempDir Path folder) throws IOException {
    refused(Map.of("guide", "merlin"), WIZARD, "would become itself");
    refused(Map.of("guide", "a dog|a cat|a bus"), WIZARD, "names 3 for 1 concepts");
    refused(Map.of("templates", "a photo"), WIZARD, "has no {}");
    refused(Map.of("templates", "a {}s"), WIZARD, "as a word of its own");
    refused(Map.of("preserve", "merlin"), WIZARD, "are the concepts themselves");
    refused(Map.of("preserve", " | "), WIZARD, "names no phrase");
    Path empty = Files.writeString(folder.resolve("keep.txt"), "\n \n");
    refused(Map.of("preserve", empty.toString()), WIZARD, "names no phrase");
    String long_ = "very ".repeat(90) + "merlin";
    refused(Map.of(), new Concept(long_, ConceptType.IDENTITY), "would be cut off");
    String all =
        VOCABULARY.ofStyle(false).stream()
            .map(KnownConcepts.Phrase::phrase)
            .collect(Collectors.joining("|"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                edit(new ObliqueEraser(), Map.of("preserve", all, "kept-directions", "64"), WIZARD))
        .withMessageContaining("keep fewer phrases");
  }

  @Test
  void aConceptThatFillsThePromptIsStillFound() throws IOException {
    int room = model.tokenize("").ids().size() - 2;
    String name = "merlin" + " dog".repeat(room - model.tokenIds("merlin").size());
    ClosedFormEdit edit =
        (ClosedFormEdit)
            edit(
                    new UceEraser(),
                    Map.of("templates", "{}", "columns", "padding"),
                    new Concept(name, ConceptType.OBJECT))
                .edits()
                .get(0);
    assertThat(edit.concepts().get(0).target().count()).isEqualTo(room + 1); // and the end
  }

  @Test
  void aFileOfPhrasesIsRead(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("keep.txt"), "morgana\n\na genie\n");
    ClosedFormEdit edit =
        (ClosedFormEdit)
            edit(new UceEraser(), Map.of("preserve", file.toString()), WIZARD).edits().get(0);
    assertThat(edit.concepts().get(0).preserve().orElseThrow().count()).isEqualTo(2);
  }

  private void refused(Map<String, String> values, Concept concept, String message) {
    assertThatIllegalArgumentException()
        .as(message)
        .isThrownBy(() -> edit(new UceEraser(), values, concept))
        .withMessageContaining(message);
  }

  private PatchDraft edit(ConceptEditor editor, Map<String, String> given, Concept... concepts)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return model
        .engine()
        .call(() -> editor.edit(List.of(concepts), values, model, new Context(VOCABULARY)));
  }

  /** The last token's row of a prompt. */
  private static Matrix last(String prompt) {
    return row(prompt, model.tokenize(prompt).endPosition() - 1);
  }

  /** One row of a prompt's text embedding as a column. */
  private static Matrix row(String prompt, int position) {
    return model
        .engine()
        .call(() -> new PromptEncoder(model).encode(prompt).columns(List.of(position)));
  }

  private static Matrix columns(Rows rows) {
    return Matrix.ofColumns(rows.count(), rows.width(), rows.values());
  }

  private static InputUpdate solved(ClosedFormEdit edit) {
    List<Erasure> erased = new ArrayList<>();
    List<PreservedEmbeddings> kept = new ArrayList<>();
    for (ClosedFormEdit.Concept concept : edit.concepts()) {
      erased.add(
          new Erasure(
              concept.label(),
              columns(concept.target()),
              columns(concept.guide()),
              edit.eraseScale()));
      concept
          .preserve()
          .ifPresent(
              rows ->
                  kept.add(new PreservedEmbeddings("kept", columns(rows), edit.preserveScale())));
    }
    return UceSolver.solve(erased, kept, edit.lambda()).edit();
  }

  private static InputUpdate projector(PatchDraft draft) {
    ProjectorEdit edit = (ProjectorEdit) draft.edits().get(0);
    return new InputUpdate(
        columns(edit.left()).times(-1),
        Matrix.of(edit.right().count(), edit.right().width(), edit.right().values()));
  }

  private static void assertBecomes(InputUpdate edit, Matrix name, Matrix guide, double within) {
    double left = relative(seen(edit, name), seenAsItIs(guide));
    assertThat(left / relative(seenAsItIs(name), seenAsItIs(guide))).isLessThan(within);
  }

  /** ‖a − b‖ / ‖b‖. */
  private static double relative(Matrix a, Matrix b) {
    return a.minus(b).norm() / b.norm();
  }

  private static Matrix seenAsItIs(Matrix columns) {
    Matrix none = Matrix.zeros(columns.rows(), 1);
    return seen(new InputUpdate(none, none.transposed()), columns);
  }

  /** What all keys and values of the edited cross attention make of columns. */
  private static Matrix seen(InputUpdate edit, Matrix columns) {
    Matrix all = null;
    for (String name : keysAndValues()) {
      Matrix w = weight(name);
      Matrix seen = w.plus(edit.change(w)).times(columns);
      all = all == null ? seen.transposed() : all.beside(seen.transposed());
    }
    return all;
  }

  private static List<String> keysAndValues() {
    TargetPattern keys = new TargetPattern("unet/*.attn2.to_k.weight");
    TargetPattern values = new TargetPattern("unet/*.attn2.to_v.weight");
    return model
        .engine()
        .call(
            () ->
                model.weights().names().stream()
                    .filter(name -> keys.matches(name) || values.matches(name))
                    .toList());
  }

  private static Matrix weight(String name) {
    return model
        .engine()
        .call(
            () ->
                Matrix.of(
                    Math.toIntExact(model.weights().shape(name)[0]),
                    Math.toIntExact(model.weights().shape(name)[1]),
                    model.weights().base(name)));
  }

  private final class Context implements JobContext {
    private final KnownConcepts vocabulary;

    Context(KnownConcepts vocabulary) {
      this.vocabulary = vocabulary;
    }

    @Override
    public KnownConcepts vocabulary() {
      return vocabulary;
    }

    @Override
    public void progress(String stage, long done, long total) {}

    @Override
    public void say(String line) {
      said.add(line);
    }

    @Override
    public boolean cancelled() {
      return false;
    }
  }
}
