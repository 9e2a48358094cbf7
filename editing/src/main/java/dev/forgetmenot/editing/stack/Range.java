package dev.forgetmenot.editing.stack;

import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.SingularValues;
import java.util.SplittableRandom;

/** The rows of a large matrix that matter most, by a few products with it. */
final class Range {
  private static final int ROUNDS = 3;

  private Range() {}

  /**
   * A thin matrix (count × in) whose right singular vectors are near the first ones of A.
   *
   * @param a (out × in)
   */
  static Matrix of(Matrix a, int count) {
    SplittableRandom random = new SplittableRandom(1);
    double[] start = new double[a.columns() * count];
    for (int i = 0; i < start.length; i++) {
      start[i] = random.nextDouble(-1, 1);
    }
    Matrix q = SingularValues.of(a.times(Matrix.of(a.columns(), count, start))).u();
    for (int i = 0; i < ROUNDS; i++) {
      q = SingularValues.of(a.times(SingularValues.of(a.transposedTimes(q)).u())).u();
    }
    return q.transposedTimes(a);
  }
}
