package dev.forgetmenot.editing.linear;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.lu.LUDecompositionAlt_DDRM;
import org.ejml.dense.row.linsol.lu.LinearSolverLu_DDRM;

/** A = P·L·U of a square matrix, to solve A·X = B as often as needed. */
public final class LuDecomposition {
  private final LinearSolverLu_DDRM solver = new LinearSolverLu_DDRM(new LUDecompositionAlt_DDRM());
  private final int size;

  /**
   * Decomposes.
   *
   * @param matrix (n × n)
   * @throws ArithmeticException if it is singular
   */
  public LuDecomposition(Matrix matrix) {
    size = matrix.rows();
    if (!solver.setA(matrix.copy()) || solver.quality() == 0) {
      throw new ArithmeticException(
          "a matrix (" + size + " × " + size + ") that should be invertible is singular");
    }
  }

  /** A⁻¹·B. */
  public Matrix solve(Matrix right) {
    DMatrixRMaj result = new DMatrixRMaj(size, right.columns());
    solver.solve(right.copy(), result);
    return new Matrix(result);
  }
}
