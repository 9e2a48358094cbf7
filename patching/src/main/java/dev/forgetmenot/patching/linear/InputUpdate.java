package dev.forgetmenot.patching.linear;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/**
 * A change of the text embedding's side of linear maps: W' = W(I + D), D = left · right, one D for
 * every W.
 *
 * @param left (d × k)
 * @param right (k × d)
 */
public record InputUpdate(Matrix left, Matrix right) {
  /** Checks that the shapes fit. */
  public InputUpdate {
    if (left.columns() != right.rows() || left.rows() != right.columns()) {
      throw new IllegalArgumentException(
          "factors of an edit must be d × k and k × d, not "
              + (left.rows() + " × " + left.columns())
              + (" and " + right.rows() + " × " + right.columns()));
    }
  }

  /** d. */
  public int width() {
    return left.rows();
  }

  /** k. */
  public int rank() {
    return left.columns();
  }

  /** D (d × d). */
  public Matrix difference() {
    return left.times(right);
  }

  /** What the edited maps see of columns: (I + D)·X, (d × n). */
  public Matrix of(Matrix columns) {
    return columns.plus(left.times(right.times(columns)));
  }

  /**
   * What one weight gets added: W·D, at a cost of |W|·2k.
   *
   * @param weight W, row-major, any number of rows of d values
   * @return as large as {@code weight}
   */
  public double[] change(float[] weight) {
    Matrix w = Matrix.of(weight.length / width(), width(), weight);
    return change(w).rowMajor();
  }

  /** W·D of a weight (out × d). */
  public Matrix change(Matrix weight) {
    return weight.times(left).times(right);
  }

  /** D times a strength. */
  public InputUpdate times(double strength) {
    return new InputUpdate(left.times(strength), right);
  }

  /** The same D by at most d factors. */
  public InputUpdate compact() {
    return rank() <= width() ? this : new InputUpdate(difference(), Matrix.identity(width()));
  }

  /**
   * The condition number of I + D: its largest singular value by its smallest. Whoever knows W' can
   * undo the edit by (I + D)⁻¹ in front of the text embedding unless this is infinite.
   *
   * @return at least 1; infinite, or above 1e15, when I + D is singular
   */
  public double condition() {
    double[] sigma = singularValues();
    return sigma[0] / sigma[sigma.length - 1];
  }

  /** Singular values of I + D, falling; those that D leaves at 1 stand there once. */
  private double[] singularValues() {
    int d = width();
    if (2 * rank() >= d) {
      return SingularValues.sigma(difference().plusDiagonal(1));
    }
    // Outside of span(left, rightᵀ) I + D is I: what is left is 2k × 2k, and one direction of 1.
    Matrix span = orthonormal(left.beside(right.transposed()));
    Matrix inside = span.transposedTimes(left).times(right.times(span)).plusDiagonal(1);
    DMatrixRMaj block = new DMatrixRMaj(inside.rows() + 1, inside.rows() + 1);
    for (int row = 0; row < inside.rows(); row++) {
      for (int column = 0; column < inside.rows(); column++) {
        block.set(row, column, inside.get(row, column));
      }
    }
    block.set(inside.rows(), inside.rows(), 1);
    return SingularValues.sigma(new Matrix(block));
  }

  private static Matrix orthonormal(Matrix columns) {
    QRDecompositionHouseholderColumn_DDRM qr = new QRDecompositionHouseholderColumn_DDRM();
    qr.decompose(columns.copy());
    return new Matrix(qr.getQ(null, true));
  }
}
