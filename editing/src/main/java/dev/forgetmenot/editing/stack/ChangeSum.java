package dev.forgetmenot.editing.stack;

import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.Strips;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight and changes added to it in the order in which they come. Thin factors that follow one
 * another are added in one pass over the weight.
 */
final class ChangeSum {
  private final double[] sum;
  private final List<Matrix> lefts = new ArrayList<>();
  private final List<Matrix> rights = new ArrayList<>();

  /**
   * Begins with a weight.
   *
   * @param weight becomes the sum
   */
  ChangeSum(double[] weight) {
    sum = weight;
  }

  void add(Change change) {
    if (change instanceof Change.Factors factors) {
      lefts.add(factors.left());
      rights.add(factors.right());
    } else {
      flush();
      change.addTo(sum);
    }
  }

  private void flush() {
    if (!lefts.isEmpty()) {
      Strips.add(sum, Matrix.joinColumns(lefts), Matrix.joinRows(rights));
      lefts.clear();
      rights.clear();
    }
  }

  /** The array that was given, with all changes. */
  double[] done() {
    flush();
    return sum;
  }
}
