package dev.forgetmenot.patching.linear;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;

/** A = L·Lᵀ of a symmetric positive definite matrix, to solve A·X = B as often as needed. */
public final class Cholesky {
  private final LinearSolverChol_DDRM solver =
      new LinearSolverChol_DDRM(new CholeskyDecompositionInner_DDRM(true));
  private final int size;

  /**
   * Decomposes.
   *
   * @param matrix symmetric (n × n); only its lower triangle is read
   * @throws ArithmeticException if it is not positive definite
   */
  public Cholesky(Matrix matrix) {
    size = matrix.rows();
    if (!solver.setA(matrix.copy())) {
      throw new ArithmeticException(
          "a matrix ("
              + size
              + " × "
              + size
              + ") that should be positive definite is not; raise its regularisation (lambda)");
    }
  }

  /** A⁻¹·B. */
  public Matrix solve(Matrix right) {
    DMatrixRMaj result = new DMatrixRMaj(size, right.columns());
    solver.solve(right.copy(), result);
    return new Matrix(result);
  }

  /** L⁻¹·B. */
  public Matrix whiten(Matrix right) {
    double[] l = lower();
    double[] x = right.rowMajor();
    int n = right.columns();
    for (int row = 0; row < size; row++) {
      for (int before = 0; before < row; before++) {
        subtract(x, row, before, l[row * size + before], n);
      }
      divide(x, row, l[row * size + row], n);
    }
    return Matrix.of(size, n, x);
  }

  /** L⁻ᵀ·B. */
  public Matrix whitenTransposed(Matrix right) {
    double[] l = lower();
    double[] x = right.rowMajor();
    int n = right.columns();
    for (int row = size - 1; row >= 0; row--) {
      for (int after = row + 1; after < size; after++) {
        subtract(x, row, after, l[after * size + row], n);
      }
      divide(x, row, l[row * size + row], n);
    }
    return Matrix.of(size, n, x);
  }

  private double[] lower() {
    return solver.getDecomposition().getT(null).data;
  }

  private static void subtract(double[] x, int row, int other, double factor, int n) {
    for (int i = 0; i < n; i++) {
      x[row * n + i] -= factor * x[other * n + i];
    }
  }

  private static void divide(double[] x, int row, double by, int n) {
    for (int i = 0; i < n; i++) {
      x[row * n + i] /= by;
    }
  }
}
