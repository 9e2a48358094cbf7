package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;

/** The angles between two spaces. */
final class PrincipalAngles {
  private PrincipalAngles() {}

  /**
   * Their cosines, falling, as many as the smaller space has directions.
   *
   * @param a orthonormal columns (d × r)
   * @param b orthonormal columns (d × s)
   */
  static double[] cosines(Matrix a, Matrix b) {
    if (a.columns() == 0 || b.columns() == 0) {
      return new double[0];
    }
    return SingularValues.sigma(a.transposedTimes(b));
  }
}
