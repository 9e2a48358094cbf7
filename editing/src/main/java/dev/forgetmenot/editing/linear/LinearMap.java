package dev.forgetmenot.editing.linear;

/** A matrix that is looked at by its products with thin ones: all that a range finder needs. */
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

  /** A itself, in double. */
  Matrix dense();
}
