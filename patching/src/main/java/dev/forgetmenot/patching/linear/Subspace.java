package dev.forgetmenot.patching.linear;

/**
 * The space that columns span.
 *
 * @param basis orthonormal columns (d × r), r at least 0
 */
public record Subspace(Matrix basis) {
  /**
   * The space of columns.
   *
   * @param columns (d × n), n may be 0
   * @param cut directions whose singular value is at most this share of the largest are left out;
   *     in [0, 1)
   */
  public static Subspace of(Matrix columns, double cut) {
    if (columns.columns() == 0) {
      return new Subspace(columns);
    }
    SingularValues svd = SingularValues.of(columns);
    return new Subspace(svd.first(svd.rank(cut)));
  }

  /** The first directions of columns, at most {@code count}, by their singular values. */
  public static Subspace ofFirst(Matrix columns, int count) {
    SingularValues svd = SingularValues.of(columns);
    return new Subspace(svd.first(Math.min(count, svd.rank(0))));
  }

  /** Number of directions r. */
  public int size() {
    return basis.columns();
  }

  /** The part of each column that lies in the space: U·UᵀX. */
  public Matrix onto(Matrix columns) {
    return basis.times(basis.transposedTimes(columns));
  }

  /** The part of each column that the space does not reach: X − U·UᵀX. */
  public Matrix off(Matrix columns) {
    return size() == 0 ? columns : columns.minus(onto(columns));
  }
}
