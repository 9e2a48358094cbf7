package dev.forgetmenot.patching.solve;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;

/**
 * One concept of a joint solve.
 *
 * @param label for messages
 * @param targets C (d × n), what is to be replaced
 * @param guides G (d × n), what each becomes
 * @param scale e, 0 or more
 */
public record Erasure(String label, Matrix targets, Matrix guides, double scale) {
  /** Checks the shapes and the scale. */
  public Erasure {
    if (targets.rows() != guides.rows() || targets.columns() != guides.columns()) {
      throw new IllegalArgumentException(
          Message.of(
              "'%s' has %s target and %s guide columns of widths %s and %s; each target needs a"
                  + " guide",
              label, targets.columns(), guides.columns(), targets.rows(), guides.rows()));
    }
    if (!(scale >= 0 && Double.isFinite(scale))) {
      throw new IllegalArgumentException("the erase scale must be 0 or more, not " + scale);
    }
  }

  /**
   * The same at a strength: the guides become c + s·(g − c).
   *
   * @param strength s; 1 is the edit as it is
   */
  public Erasure at(double strength) {
    return new Erasure(label, targets, targets.plus(guides.minus(targets).times(strength)), scale);
  }

  /**
   * How far an edit is from doing what it should: ‖(I + D)C − G‖ / ‖G − C‖; 0 is exact, 1 is as if
   * nothing were done.
   */
  public double residual(InputUpdate edit) {
    return edit.of(targets).minus(guides).norm() / guides.minus(targets).norm();
  }
}
