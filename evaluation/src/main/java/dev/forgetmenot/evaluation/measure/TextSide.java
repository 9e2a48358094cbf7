package dev.forgetmenot.evaluation.measure;

import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import java.util.List;
import java.util.Optional;

/**
 * What a patch does to the text states before any image is drawn: over the l key and value
 * projections W of the cross-attention layers and their patched forms W'. They predict, they are no
 * verdict. Where the text encoder is patched too, the patched states stand beside W' and the base's
 * beside W.
 */
public final class TextSide {
  private final List<Matrix> base;
  private final List<Matrix> patched;

  /**
   * The projections of a model, which are read from the lists again and again; see {@link
   * KeysAndValueWeights#matrices}.
   *
   * @param base l matrices W (rows, d)
   * @param patched the same of the patched model, in the same order
   */
  public TextSide(List<Matrix> base, List<Matrix> patched) {
    if (base.size() != patched.size() || base.isEmpty()) {
      throw new IllegalArgumentException(
          base.size() + " projections of the base against " + patched.size() + " patched");
    }
    this.base = base;
    this.patched = patched;
  }

  /**
   * How much of the way from the concept to its guide is left: (Σ‖W'c - Wg‖² / Σ‖Wc - Wg‖²)^½.
   *
   * @param concept states c (d, k), one a column
   * @param guide states g (d, k)
   * @return 0 if the concept is its guide exactly, 1 if nothing was done, larger if it moved away
   */
  public double residual(Matrix concept, Matrix guide) {
    return residual(concept, concept, guide);
  }

  /**
   * The same where the text encoder is patched too: (Σ‖W'c' - Wg‖² / Σ‖Wc - Wg‖²)^½.
   *
   * @param concept the base encoder's states c (d, k), one a column
   * @param patchedConcept the patched encoder's states c' (d, k) of the same tokens
   * @param guide the base encoder's states g (d, k)
   * @return as above
   */
  public double residual(Matrix concept, Matrix patchedConcept, Matrix guide) {
    double left = 0;
    double all = 0;
    for (int l = 0; l < base.size(); l++) {
      Matrix before = base.get(l);
      Matrix wanted = before.times(guide);
      left += squares(patched.get(l).times(patchedConcept).minus(wanted));
      all += squares(before.times(concept).minus(wanted));
    }
    return Math.sqrt(left / all);
  }

  /**
   * How far other states moved: (Σ‖(W' - W)q‖² / Σ‖Wq‖²)^½ for each q.
   *
   * @param states q (d, k), one a column
   * @return k numbers, 0 if a state did not move
   */
  public double[] drift(Matrix states) {
    return drift(states, states);
  }

  /**
   * The same where the text encoder is patched too: (Σ‖W'q' - Wq‖² / Σ‖Wq‖²)^½ for each q.
   *
   * @param states the base encoder's q (d, k), one a column
   * @param patchedStates the patched encoder's q' (d, k) of the same tokens
   * @return as above
   */
  public double[] drift(Matrix states, Matrix patchedStates) {
    double[] moved = new double[states.columns()];
    double[] length = new double[states.columns()];
    for (int l = 0; l < base.size(); l++) {
      Matrix before = base.get(l).times(states);
      add(moved, patched.get(l).times(patchedStates).minus(before).squaredColumnNorms());
      add(length, before.squaredColumnNorms());
    }
    for (int i = 0; i < moved.length; i++) {
      moved[i] = Math.sqrt(moved[i] / length[i]);
    }
    return moved;
  }

  /**
   * What one change of the text states would do to all projections: the I + D that is nearest to W'
   * = W(I + D) over all of them, by least squares.
   *
   * @return I + D (d, d); empty where no such D explains the change, which then differs between the
   *     projections: where it misses more than a thousandth of Σ‖W' - W‖²
   * @throws ArithmeticException if the projections do not determine it
   */
  public Optional<Matrix> identityPlusChange() {
    int d = base.get(0).columns();
    Matrix normal = Matrix.zeros(d, d);
    Matrix right = Matrix.zeros(d, d);
    for (int l = 0; l < base.size(); l++) {
      Matrix before = base.get(l);
      normal = normal.plus(before.transposedTimes(before));
      right = right.plus(before.transposedTimes(patched.get(l)));
    }
    Matrix found = new Cholesky(normal).solve(right);
    double missed = 0;
    double changed = 0;
    for (int l = 0; l < base.size(); l++) {
      Matrix before = base.get(l);
      Matrix after = patched.get(l);
      missed += squares(before.times(found).minus(after));
      changed += squares(after.minus(before));
    }
    return changed > 0 && missed > changed / 1000 ? Optional.empty() : Optional.of(found);
  }

  /**
   * How far the patch is from one that cannot be undone: σ_max / σ_min of I + D, where W' = W(I +
   * D).
   *
   * @param identityPlusChange I + D (d, d)
   * @return 1 or more; infinite for a projector
   */
  public static double conditioning(Matrix identityPlusChange) {
    double[] values = SingularValues.sigma(identityPlusChange);
    double largest = values[0];
    double smallest = values[values.length - 1];
    return smallest <= values.length * Math.ulp(largest)
        ? Double.POSITIVE_INFINITY
        : largest / smallest;
  }

  private static double squares(Matrix matrix) {
    double norm = matrix.norm();
    return norm * norm;
  }

  private static void add(double[] to, double[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i] += values[i];
    }
  }
}
