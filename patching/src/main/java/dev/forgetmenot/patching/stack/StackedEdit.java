package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** One edit of a stack at its strength; closed forms are solved together instead. */
final class StackedEdit {
  private static final List<TargetPattern> TEXT_SIDE =
      TextProjections.KV.targets().stream().map(TargetPattern::new).toList();

  private final StackedPatch layer;
  private final Manifest.Edit edit;
  private final Set<String> targets;
  private InputUpdate inputEdit; // read once, of projectors alone

  StackedEdit(StackedPatch layer, Manifest.Edit edit, Set<String> targets) {
    this.layer = layer;
    this.edit = edit;
    this.targets = Set.copyOf(targets);
  }

  StackedPatch layer() {
    return layer;
  }

  boolean changes(String target) {
    return targets.contains(target);
  }

  /** What it is, for fingerprints: the same text gives the same change of the same base. */
  String fingerprint() {
    return layer.fingerprint(edit);
  }

  /** Whether it is an edit of what layers read, W(I + D). */
  boolean editsInputs() {
    return edit.kind().equals(ProjectorEdit.KIND);
  }

  /** D at the strength, of a projector. */
  InputUpdate inputEdit() throws IOException {
    if (inputEdit == null) {
      ProjectorEdit projector = (ProjectorEdit) layer.file().edit(edit);
      inputEdit = TextEdits.of(projector).times(layer.strength());
    }
    return inputEdit;
  }

  /** What is added to a target at the strength, of all kinds but projectors. */
  WeightDelta change(String target, int outputs) throws IOException {
    return edit.content().accept(new Change(target, outputs));
  }

  /** Reads what is added to one target. */
  private final class Change implements EditDescriptor.Visitor<WeightDelta, IOException> {
    private final String target;
    private final int outputs;

    private Change(String target, int outputs) {
      this.target = target;
      this.outputs = outputs;
    }

    @Override
    public WeightDelta visit(EditDescriptor.Deltas deltas) throws IOException {
      FloatMatrix values = new FloatMatrix(outputs, layer.file().storedDelta(target));
      return new WeightDelta.Values(values, layer.strength());
    }

    @Override
    public WeightDelta visit(EditDescriptor.LowRanks lowRanks) throws IOException {
      LowRank factors = layer.file().lowRank(target);
      Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
      Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
      double scale = layer.strength() * factors.alpha() / factors.rank();
      return new WeightDelta.Factors(up.times(scale), down);
    }

    @Override
    public WeightDelta visit(EditDescriptor.RowTargets rows) throws IOException {
      return WeightDelta.SomeRows.of(layer.file().rows(target), layer.strength(), outputs);
    }

    @Override
    public WeightDelta visit(EditDescriptor.Projector projector) {
      throw addsNothing();
    }

    @Override
    public WeightDelta visit(EditDescriptor.ClosedForm closedForm) {
      throw addsNothing();
    }

    @Override
    public WeightDelta visit(EditDescriptor.Tokens tokens) {
      throw addsNothing();
    }

    private IllegalStateException addsNothing() {
      return new IllegalStateException(edit.kind() + " edits add no values to " + target);
    }
  }

  /**
   * The share of the weight that it may change: it may be large where no text is, of all layers at
   * once or factor by factor.
   */
  double share(String target) {
    boolean readsText =
        edit.boundByTextEncoder() || (edit.kind().equals(LowRankEdit.KIND) && readsText(target));
    return readsText ? NormLimit.TEXT : NormLimit.VALUES;
  }

  /** Whether a weight makes keys or values of text. */
  static boolean readsText(String target) {
    return TEXT_SIDE.stream().anyMatch(pattern -> pattern.matches(target));
  }
}
