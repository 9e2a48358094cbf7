package dev.forgetmenot.editing.linear;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;

/**
 * A matrix of doubles that does not change, so that a formula can be written as it is printed.
 * Shapes that do not fit are an {@link org.ejml.MatrixDimensionException}.
 */
public final class Matrix {
  private final DMatrixRMaj values;

  Matrix(DMatrixRMaj values) {
    this.values = values;
  }

  /**
   * A matrix from its values, which are copied.
   *
   * @param rowMajor rows · columns finite values
   * @throws IllegalArgumentException if the count is wrong or a value is not finite
   */
  public static Matrix of(int rows, int columns, double[] rowMajor) {
    if (rowMajor.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          rows + " × " + columns + " values are needed, not " + rowMajor.length);
    }
    for (double value : rowMajor) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a matrix holds " + value + "; all must be finite");
      }
    }
    return new Matrix(DMatrixRMaj.wrap(rows, columns, rowMajor.clone()));
  }

  /** The same, widened. */
  public static Matrix of(int rows, int columns, float[] rowMajor) {
    double[] wide = new double[rowMajor.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = rowMajor[i];
    }
    return of(rows, columns, wide);
  }

  /**
   * The matrix (d × n) of n columns of width d, given one after another, as the rows of a text
   * embedding are.
   */
  public static Matrix ofColumns(int count, int width, float[] columnAfterColumn) {
    return of(count, width, columnAfterColumn).transposed();
  }

  /** The matrix (d × n) of n columns of one length d. */
  public static Matrix ofColumns(List<double[]> columns, int width) {
    Matrix rows =
        of(columns.size(), width, columns.stream().flatMapToDouble(Arrays::stream).toArray());
    return rows.transposed();
  }

  /** I (n × n). */
  public static Matrix identity(int size) {
    return new Matrix(CommonOps_DDRM.identity(size));
  }

  /** Zeros. */
  public static Matrix zeros(int rows, int columns) {
    return new Matrix(new DMatrixRMaj(rows, columns));
  }

  /** Number of rows. */
  public int rows() {
    return values.numRows;
  }

  /** Number of columns. */
  public int columns() {
    return values.numCols;
  }

  /** One value. */
  public double get(int row, int column) {
    return values.get(row, column);
  }

  /** A copy of the values, row after row. */
  public double[] rowMajor() {
    return Arrays.copyOf(values.data, values.getNumElements());
  }

  /** A copy of one column. */
  public double[] column(int column) {
    double[] result = new double[rows()];
    for (int row = 0; row < result.length; row++) {
      result[row] = get(row, column);
    }
    return result;
  }

  /** Aᵀ. */
  public Matrix transposed() {
    return new Matrix(CommonOps_DDRM.transpose(values, null));
  }

  /** A·B. */
  public Matrix times(Matrix other) {
    return new Matrix(CommonOps_DDRM.mult(values, other.values, null));
  }

  /** Aᵀ·B. */
  public Matrix transposedTimes(Matrix other) {
    return transposed().times(other);
  }

  /** A·Bᵀ. */
  public Matrix timesTransposed(Matrix other) {
    return times(other.transposed());
  }

  /** A·s. */
  public Matrix times(double scale) {
    DMatrixRMaj result = values.copy();
    CommonOps_DDRM.scale(scale, result);
    return new Matrix(result);
  }

  /** A·diag(s). */
  public Matrix timesDiagonal(double[] diagonal) {
    DMatrixRMaj result = values.copy();
    CommonOps_DDRM.multCols(result, diagonal);
    return new Matrix(result);
  }

  /** A + B. */
  public Matrix plus(Matrix other) {
    return new Matrix(CommonOps_DDRM.add(values, other.values, null));
  }

  /** A − B. */
  public Matrix minus(Matrix other) {
    return new Matrix(CommonOps_DDRM.subtract(values, other.values, null));
  }

  /** A + s·I. */
  public Matrix plusDiagonal(double value) {
    DMatrixRMaj result = values.copy();
    for (int i = 0; i < Math.min(rows(), columns()); i++) {
      result.add(i, i, value);
    }
    return new Matrix(result);
  }

  /** (A | B). */
  public Matrix beside(Matrix other) {
    return new Matrix(CommonOps_DDRM.concatColumns(values, other.values, null));
  }

  /** Columns from {@code first} up to and without {@code end}. */
  public Matrix columns(int first, int end) {
    return new Matrix(CommonOps_DDRM.extract(values, 0, rows(), first, end));
  }

  /** Rows from {@code first} up to and without {@code end}. */
  public Matrix rows(int first, int end) {
    return new Matrix(CommonOps_DDRM.extract(values, first, end, 0, columns()));
  }

  /** The Frobenius norm ‖A‖. */
  public double norm() {
    return values.getNumElements() == 0 ? 0 : NormOps_DDRM.normF(values);
  }

  /** Mean of the diagonal. */
  public double meanDiagonal() {
    return CommonOps_DDRM.trace(values) / Math.min(rows(), columns());
  }

  /** A copy for a decomposition, which may write into it. */
  DMatrixRMaj copy() {
    return values.copy();
  }
}
