package dev.forgetmenot.editing.applying;

import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.patch.LowRank;
import dev.forgetmenot.patch.ProjectorEdit;

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
