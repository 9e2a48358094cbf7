package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.linear.FloatMatrix;
import java.util.Set;

/** An edit of a draft that is not written yet, with the values that its patch would hold. */
final class DraftEdit extends StackedEdit {
  private final PatchEdit edit;

  DraftEdit(StackedPatch layer, PatchEdit edit, Set<String> targets) {
    super(layer, targets);
    this.edit = edit;
  }

  @Override
  EditKind kind() {
    return edit.kind();
  }

  @Override
  String fingerprint() {
    return edit.kind() + " " + System.identityHashCode(edit);
  }

  @Override
  PatchEdit whole() {
    return edit;
  }

  @Override
  WeightDelta change(String target, int outputs) {
    return edit.accept(
        new PatchEdit.Visitor<WeightDelta, RuntimeException>() {
          @Override
          public WeightDelta visit(DeltaEdit deltas) {
            return scaled(new FloatMatrix(outputs, deltas.deltas().get(target).stored()));
          }

          @Override
          public WeightDelta visit(LowRankEdit lowRanks) {
            return scaled(lowRanks.factors().get(target));
          }

          @Override
          public WeightDelta visit(RowsEdit rows) {
            return scaled(rows.rows().get(target), outputs);
          }

          @Override
          public WeightDelta visit(ProjectorEdit projector) {
            throw addsNothing(target);
          }

          @Override
          public WeightDelta visit(ClosedFormEdit closedForm) {
            throw addsNothing(target);
          }

          @Override
          public WeightDelta visit(TokensEdit tokens) {
            throw addsNothing(target);
          }
        });
  }
}
