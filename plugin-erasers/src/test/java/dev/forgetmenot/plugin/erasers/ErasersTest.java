package dev.forgetmenot.plugin.erasers;

import static dev.forgetmenot.testkit.edit.SolvedEdits.columns;
import static dev.forgetmenot.testkit.edit.SolvedEdits.projector;
import static dev.forgetmenot.testkit.edit.SolvedEdits.relative;
import static dev.forgetmenot.testkit.edit.SolvedEdits.solved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each eraser of this plugin on the embedded model, looked at where it acts. */
class ErasersTest {
  private static final Concept WIZARD = new Concept("merlin", ConceptType.IDENTITY);
  private static final String PROMPT = "a photo of merlin";

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
  void adversarialRoundsLeaveNoShortWayBack() throws IOException {
    ClosedFormEdit rounds =
        (ClosedFormEdit)
            edited
                .edit(
                    new ReceEraser(),
                    Map.of(
                        "guide", "a dog",
                        "lambda", "1e-2",
                        "rounds", "2",
                        "token-selection", "last",
                        "general-text-rows", "0"),
                    WIZARD)
                .edits()
                .get(0);
    assertThat(rounds.concepts().get(0).target().count()).isEqualTo(3);
    Matrix targets = columns(rounds.concepts().get(0).target());
    Erasure withoutRounds =
        new Erasure(
            "without rounds",
            targets.columns(0, 1),
            columns(rounds.concepts().get(0).guide()).columns(0, 1),
            rounds.eraseScale());
    InputUpdate plain = UceSolver.solve(List.of(withoutRounds), List.of(), rounds.lambda()).edit();
    // What undoes the plain edit gives the name's values back; after the rounds it gives the guide.
    Matrix way = targets.columns(1, 2);
    Matrix name = edited.last(PROMPT);
    double before = relative(edited.seen(plain, way), edited.seen(name));
    double after = relative(edited.seen(solved(rounds), way), edited.seen(name));
    assertThat(before).isLessThan(0.5);
    assertThat(after).isGreaterThan(2 * before);
  }

  @Test
  void nullSpacesChangeValuesOnlyAndSpareWhatIsKept() throws IOException {
    PatchDraft draft =
        edited.edit(new SpeedEraser(), Map.of("lambda", "0.01", "token-selection", "last"), WIZARD);
    Map<String, LowRank> factors = ((LowRankEdit) draft.edits().get(0)).factors();
    assertThat(factors.keySet()).isNotEmpty().allMatch(name -> name.endsWith("attn2.to_v.weight"));
    Matrix begin = edited.row("", 0);
    for (Map.Entry<String, LowRank> entry : factors.entrySet()) {
      LowRank f = entry.getValue();
      Matrix change =
          Matrix.of(f.outputs(), f.rank(), f.up()).times(Matrix.of(f.rank(), f.inputs(), f.down()));
      Matrix weight = edited.weight(entry.getKey());
      assertThat(change.times(begin).norm() / weight.times(begin).norm()).isLessThan(1e-5);
      Matrix name = edited.last(PROMPT);
      Matrix guide = edited.row("", edited.model().tokenize(PROMPT).endPosition() - 1);
      double gone =
          relative(weight.plus(change).times(name), weight.times(guide))
              / relative(weight.times(name), weight.times(guide));
      assertThat(gone).as(entry.getKey()).isLessThan(0.6);
    }
  }

  @Test
  void spectralEraserWeakensTheNameAndSparesWhatIsKept() throws IOException {
    InputUpdate kept = projector(edited.edit(new CureEraser(), Map.of(), WIZARD));
    InputUpdate other =
        projector(edited.edit(new CureEraser(), Map.of("preserve", "a genie"), WIZARD));
    Matrix name = edited.last(PROMPT);
    Matrix genie = edited.last("a photo of a genie");
    assertThat(PreservedEmbeddings.drift(kept, name)).isGreaterThan(0.4);
    assertThat(PreservedEmbeddings.drift(kept, name))
        .isGreaterThan(PreservedEmbeddings.drift(kept, genie));
    assertThat(PreservedEmbeddings.drift(other, genie))
        .isLessThan(0.8 * PreservedEmbeddings.drift(kept, genie));
  }

  @Test
  void doubleProjectionMovesTheNameOnly() throws IOException {
    PatchDraft draft = edited.edit(new DoubleProjectionEraser(), Map.of("cut", "0"), WIZARD);
    InputUpdate edit = projector(draft);
    assertThat(PreservedEmbeddings.drift(edit, edited.last("a photo of a person")))
        .isLessThan(1e-5);
    assertThat(draft.recipe().parameters()).doesNotContainKey("neighbours");
    assertThat(draft.recipe().tool()).isEqualTo("plugin-erasers");
    assertThat(PreservedEmbeddings.drift(edit, edited.last(PROMPT))).isGreaterThan(0.05);
    assertThat(Double.parseDouble(draft.recipe().parameters().get("residual"))).isLessThan(1e-4);
  }
}
