package dev.forgetmenot.patching.linear;

/** A matrix of doubles or floats, as its products and sums see it. */
public sealed interface LinearMap permits Matrix, FloatMatrix {
  /** Number of rows. */
  int rows();

  /** Number of columns. */
  int columns();

  /** A·B. */
  Matrix times(Matrix other);

  /** Aᵀ·B. */
  Matrix transposedTimes(Matrix other);

  /** The Frobenius norm ‖A‖. */
  double norm();

  /**
   * tile += s·A, of the rows of A from {@code first} on.
   *
   * @param tile as wide as A
   */
  void addTo(ParallelMatmul.Tile tile, int first, double scale);

  /** A itself, in double. */
  Matrix dense();
}
