package dev.forgetmenot.patching.solve;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;

/**
 * What a joint solve should leave as it is.
 *
 * @param label for messages
 * @param columns P (d × m)
 * @param scale p, 0 or more
 */
public record PreservedEmbeddings(String label, Matrix columns, double scale) {
  /** Checks the scale. */
  public PreservedEmbeddings {
    if (!(scale >= 0 && Double.isFinite(scale))) {
      throw new IllegalArgumentException("the preserve scale must be 0 or more, not " + scale);
    }
  }

  /** How far an edit moves it: ‖D·P‖ / ‖P‖. */
  public double drift(InputUpdate edit) {
    return drift(edit, columns);
  }

  /** How far an edit moves columns: ‖D·P‖ / ‖P‖. */
  public static double drift(InputUpdate edit, Matrix columns) {
    return edit.left().times(edit.right().times(columns)).norm() / columns.norm();
  }
}
