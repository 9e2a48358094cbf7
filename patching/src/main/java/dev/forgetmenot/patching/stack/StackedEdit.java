package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * One edit of a stack at its strength; closed forms are solved together instead. Its values are
 * those of a file or of a draft: both give the same bits.
 */
abstract class StackedEdit {
  private static final List<TargetPattern> TEXT_SIDE =
      TextProjections.KV.targets().stream().map(TargetPattern::new).toList();

  private final StackedPatch layer;
  private final Set<String> targets;
  private InputUpdate inputEdit; // read once, of projectors alone

  StackedEdit(StackedPatch layer, Set<String> targets) {
    this.layer = layer;
    this.targets = Set.copyOf(targets);
  }

  final StackedPatch layer() {
    return layer;
  }

  /** Full names of what it changes. */
  final Set<String> targets() {
    return targets;
  }

  abstract EditKind kind();

  /** What it is, for fingerprints: the same text gives the same change of the same base. */
  abstract String fingerprint();

  /** All of it; for projectors and closed forms. */
  abstract PatchEdit whole() throws IOException;

  /** What is added to a target at the strength, of all kinds but projectors and closed forms. */
  abstract WeightDelta change(String target, int outputs) throws IOException;

  /** Whether it is an edit of what layers read, W(I + D). */
  final boolean editsInputs() {
    return switch (kind()) {
      case PROJECTOR -> true;
      case DELTA, LOWRANK, ROWS, CLOSEDFORM, TOKENS -> false;
    };
  }

  /** Whether it is solved together with all others of its kind. */
  final boolean isSolved() {
    return switch (kind()) {
      case CLOSEDFORM -> true;
      case DELTA, LOWRANK, ROWS, PROJECTOR, TOKENS -> false;
    };
  }

  /** D at the strength, of a projector. */
  final InputUpdate inputEdit() throws IOException {
    if (inputEdit == null) {
      inputEdit = TextEdits.of((ProjectorEdit) whole()).times(layer.strength());
    }
    return inputEdit;
  }

  final WeightDelta scaled(FloatMatrix delta) {
    return new WeightDelta.Values(delta, layer.strength());
  }

  final WeightDelta scaled(LowRank factors) {
    Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
    Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
    double scale = layer.strength() * factors.alpha() / factors.rank();
    return new WeightDelta.Factors(up.times(scale), down);
  }

  final WeightDelta scaled(SelectedRows rows, int outputs) {
    return WeightDelta.SomeRows.of(rows, layer.strength(), outputs);
  }

  final IllegalStateException addsNothing(String target) {
    return new IllegalStateException(kind() + " edits add no values to " + target);
  }

  /**
   * The share of the weight that it may change: it may be large where no text is, of all layers at
   * once or factor by factor.
   */
  final double share(String target) {
    return switch (kind()) {
      case DELTA, ROWS -> NormLimit.VALUES;
      case LOWRANK -> readsText(target) ? NormLimit.TEXT : NormLimit.VALUES;
      case PROJECTOR, CLOSEDFORM, TOKENS -> NormLimit.TEXT;
    };
  }

  /** Whether a weight makes keys or values of text. */
  static boolean readsText(String target) {
    return TEXT_SIDE.stream().anyMatch(pattern -> pattern.matches(target));
  }
}
