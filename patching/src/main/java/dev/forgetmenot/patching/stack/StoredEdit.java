package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.EditTensors;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.linear.FloatMatrix;
import java.io.IOException;
import java.util.Set;

/** An edit of an open patch: the values of one target are read at a time. */
final class StoredEdit extends StackedEdit {
  private final Manifest.Edit edit;

  StoredEdit(StackedPatch layer, Manifest.Edit edit, Set<String> targets) {
    super(layer, targets);
    this.edit = edit;
  }

  @Override
  EditKind kind() {
    return edit.kind();
  }

  @Override
  String fingerprint() {
    return String.join(
        " ",
        layer().file().id(),
        edit.id(),
        Double.toHexString(layer().strength()),
        layer().request().allowed().toString());
  }

  @Override
  PatchEdit whole() throws IOException {
    return layer().file().edit(edit);
  }

  @Override
  WeightDelta change(String target, int outputs) throws IOException {
    EditTensors tensors = layer().file().tensors(edit);
    return edit.content()
        .accept(
            new EditDescriptor.Visitor<WeightDelta, IOException>() {
              @Override
              public WeightDelta visit(DeltaEdit.Descriptor deltas) throws IOException {
                return scaled(new FloatMatrix(outputs, deltas.stored(target, tensors)));
              }

              @Override
              public WeightDelta visit(LowRankEdit.Descriptor lowRanks) throws IOException {
                return scaled(lowRanks.added(target, tensors));
              }

              @Override
              public WeightDelta visit(RowsEdit.Descriptor rows) throws IOException {
                return scaled(rows.added(target, tensors), outputs);
              }

              @Override
              public WeightDelta visit(ProjectorEdit.Descriptor projector) {
                throw addsNothing(target);
              }

              @Override
              public WeightDelta visit(ClosedFormEdit.Descriptor closedForm) {
                throw addsNothing(target);
              }

              @Override
              public WeightDelta visit(TokensEdit.Descriptor tokens) {
                throw addsNothing(target);
              }
            });
  }
}
