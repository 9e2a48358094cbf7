package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.PatchEdit;
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
  String kind() {
    return edit.kind();
  }

  @Override
  boolean boundByTextEncoder() {
    return edit.boundByTextEncoder();
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
    PatchFile file = layer().file();
    return edit.content()
        .accept(
            new EditDescriptor.Visitor<WeightDelta, IOException>() {
              @Override
              public WeightDelta visit(EditDescriptor.Deltas deltas) throws IOException {
                return scaled(new FloatMatrix(outputs, file.storedDelta(target)));
              }

              @Override
              public WeightDelta visit(EditDescriptor.LowRanks lowRanks) throws IOException {
                return scaled(file.lowRank(target));
              }

              @Override
              public WeightDelta visit(EditDescriptor.RowTargets rows) throws IOException {
                return scaled(file.rows(target), outputs);
              }

              @Override
              public WeightDelta visit(EditDescriptor.Projector projector) {
                throw addsNothing(target);
              }

              @Override
              public WeightDelta visit(EditDescriptor.ClosedForm closedForm) {
                throw addsNothing(target);
              }

              @Override
              public WeightDelta visit(EditDescriptor.Tokens tokens) {
                throw addsNothing(target);
              }
            });
  }
}
