package dev.forgetmenot.testkit.edit;

import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.util.ArrayList;
import java.util.List;

/** The change of the layers' inputs that a patch holds. */
public final class SolvedEdits {
  private SolvedEdits() {}

  /** Rows of a patch (n, d) as columns (d, n). */
  public static Matrix columns(Rows rows) {
    return Matrix.ofColumns(rows.count(), rows.width(), rows.values());
  }

  /** What a closed-form edit becomes when it is applied alone. */
  public static InputUpdate solved(ClosedFormEdit edit) {
    List<Erasure> erased = new ArrayList<>();
    List<PreservedEmbeddings> kept = new ArrayList<>();
    for (ErasedConcept concept : edit.concepts()) {
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

  /** The projector that is a draft's first edit. */
  public static InputUpdate projector(PatchDraft draft) {
    ProjectorEdit edit = (ProjectorEdit) draft.edits().get(0);
    return new InputUpdate(
        columns(edit.left()).times(-1),
        Matrix.of(edit.right().count(), edit.right().width(), edit.right().values()));
  }

  /** ‖a − b‖ / ‖b‖. */
  public static double relative(Matrix a, Matrix b) {
    return a.minus(b).norm() / b.norm();
  }
}
