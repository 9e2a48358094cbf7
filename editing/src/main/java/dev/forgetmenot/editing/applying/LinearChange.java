package dev.forgetmenot.editing.applying;

import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.patch.LowRank;
import dev.forgetmenot.patch.ProjectorEdit;
import dev.forgetmenot.patch.SelectedRows;

/** What edits add to a weight at strength 1, in double. */
public final class LinearChange {
  private LinearChange() {}

  /** The values as they are. */
  public static double[] of(float[] delta) {
    double[] change = new double[delta.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = delta[i];
    }
    return change;
  }

  /** The rows, and 0 everywhere else. */
  public static double[] of(SelectedRows rows) {
    long elements = rows.shape()[0] * SelectedRows.width(rows.shape());
    double[] change = new double[Math.toIntExact(elements)];
    rows.addTo(change, 1);
    return change;
  }

  /** alpha/rank · up · down. */
  public static double[] of(LowRank factors) {
    Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
    Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
    return up.times(down).times(factors.alpha() / factors.rank()).rowMajor();
  }

  /** −W · leftᵀ · right. */
  public static double[] of(ProjectorEdit projector, float[] weight) {
    int width = projector.left().width();
    int k = projector.left().count();
    Matrix left = Matrix.ofColumns(k, width, projector.left().values());
    Matrix right = Matrix.of(k, width, projector.right().values());
    return new InputEdit(left.times(-1), right).change(weight);
  }
}
