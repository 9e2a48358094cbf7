package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.Tool;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an editor of any operation gets from its base class. */
class SolverEditorTest {
  private static final Concept BALL = new Concept("a ball", ConceptType.OBJECT);
  private static final Concept TREE = new Concept("a tree", ConceptType.OBJECT);

  private final List<String> said = new ArrayList<>();

  /** Takes each concept's columns away; says guides or none. */
  private static final class Correction extends SolverEditor {
    private final List<String> guides;

    Correction(String... guides) {
      super(Operation.CORRECT, "correction", "Corrects.");
      this.guides = List.of(guides);
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of(
          SolverSettings.tokenSelection(TokenSelection.LAST),
          SolverSettings.projections(TextProjections.KV));
    }

    @Override
    protected SolveResult solve(SolveInput job) {
      Matrix columns = Matrix.zeros(job.width(), 0);
      for (Concept concept : job.concepts()) {
        columns = columns.beside(job.rows(concept.kind()).of(job.subject(concept)));
      }
      SolveReport report = new SolveReport.Writer().note("taken", "all", "all is taken").done();
      InputUpdate edit = new InputUpdate(columns, columns.transposed());
      return new SolveResult(projector(job, edit), report, guides);
    }

    @Override
    public Tool tool() {
      return new Tool("a test", "7");
    }
  }

  private static final class Rounds extends ReceEditor {
    @Override
    public Tool tool() {
      return new Tool("a test", "7");
    }
  }

  private PatchDraft edit(SolverEditor editor) throws IOException {
    return edit(editor, Map.of());
  }

  private PatchDraft edit(SolverEditor editor, Map<String, String> chosen) throws IOException {
    JobContext context =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public void say(String line) {
            said.add(line);
          }
        };
    try (StableDiffusion sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults())) {
      Settings values = Settings.of(editor.parameters(), chosen);
      return sd.engine().call(() -> editor.edit(List.of(BALL, TREE), values, sd, context));
    }
  }

  @Test
  void theDraftSaysWhatTheEditorSays() throws IOException {
    PatchDraft draft = edit(new Correction("a cube", "a bush"));
    assertThat(draft.name()).isEqualTo("correct-a-ball-a-tree");
    assertThat(draft.description())
        .isEqualTo("Corrects 'a ball', 'a tree' by the method correction.");
    assertThat(draft.intent().operation()).isEqualTo("correct");
    assertThat(draft.intent().concepts().get(0).guide()).contains("a cube");
    assertThat(draft.intent().concepts().get(1).guide()).contains("a bush");
    assertThat(draft.intent().concepts().get(1).prompts()).containsExactly("a photo of a tree");
    assertThat(draft.recipe().method()).isEqualTo("correction");
    assertThat(draft.recipe().tool()).isEqualTo("a test");
    assertThat(draft.recipe().toolVersion()).isEqualTo("7");
    assertThat(draft.recipe().parameters())
        .containsEntry("taken", "all")
        .containsKey("projections");
    assertThat(said).containsExactly("all is taken");
  }

  @Test
  void roundsSayWhatARedirectedWordBecomes() throws IOException {
    Map<String, String> chosen =
        Map.of("guide", "a cube|a bush", "redirect", "a toy=a stone", "rounds", "2");
    edit(new Rounds(), chosen);
    assertThat(said)
        .anyMatch(line -> line.startsWith("'a tree' → 'a bush' alone: residual"))
        .anyMatch(line -> line.startsWith("'a toy' → 'a stone' alone: residual"));
  }

  @Test
  void withoutGuidesTheManifestNamesNone() throws IOException {
    assertThat(edit(new Correction()).intent().concepts())
        .hasSize(2)
        .allMatch(concept -> concept.guide().isEmpty());
  }
}
