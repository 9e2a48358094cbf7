package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;

/** Rows of patches as matrices of columns, and projectors as edits of what layers read. */
public final class TextEdits {
  private TextEdits() {}

  /** (d × n) of n rows. */
  public static Matrix columns(Rows rows) {
    return Matrix.ofColumns(rows.count(), rows.width(), rows.values());
  }

  /** D = −leftᵀ · right, at strength 1. */
  public static InputUpdate of(ProjectorEdit projector) {
    Rows right = projector.right();
    return new InputUpdate(
        columns(projector.left()).times(-1),
        Matrix.of(right.count(), right.width(), right.values()));
  }
}
