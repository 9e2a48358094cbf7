package dev.forgetmenot.editing.linear;

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
}
