package dev.forgetmenot.patching.linear;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.NormOps_DDRM;

/**
 * A matrix of doubles that does not change, so that a formula can be written as it is printed.
 * Shapes that do not fit are an {@link org.ejml.MatrixDimensionException}.
 */
public final class Matrix implements LinearMap {
  private static final int STRIP = 64; // rows of a result that stay in the cache
  private static final long LARGE = 1 << 20; // multiplications that are worth a second thread

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
    return wrap(rows, columns, rowMajor.clone());
  }

  /** The same, widened. */
  public static Matrix of(int rows, int columns, float[] rowMajor) {
    if (rowMajor.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          rows + " × " + columns + " values are needed, not " + rowMajor.length);
    }
    double[] wide = new double[rowMajor.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = rowMajor[i];
      if (!Double.isFinite(wide[i])) {
        throw new IllegalArgumentException("a matrix holds " + wide[i] + "; all must be finite");
      }
    }
    return wrap(rows, columns, wide);
  }

  /** A matrix of values that are its own from now on: finite, as many as it takes. */
  static Matrix wrap(int rows, int columns, double[] rowMajor) {
    return new Matrix(DMatrixRMaj.wrap(rows, columns, rowMajor));
  }

  /**
   * The matrix (d × n) of n columns of width d, given one after another, as the rows of a text
   * embedding are.
   */
  public static Matrix ofColumns(int count, int width, float[] columnAfterColumn) {
    return of(count, width, columnAfterColumn).transposed();
  }

  /** I (n × n). */
  public static Matrix identity(int size) {
    return new Matrix(CommonOps_DDRM.identity(size));
  }

  /** Zeros. */
  public static Matrix zeros(int rows, int columns) {
    return new Matrix(new DMatrixRMaj(rows, columns));
  }

  @Override
  public int rows() {
    return values.numRows;
  }

  @Override
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

  /** A·B, a large one over all cores: each of its rows is one thread's, so that the bits stay. */
  @Override
  public Matrix times(Matrix other) {
    return new Matrix(
        large(rows(), other)
            ? CommonOps_MT_DDRM.mult(values, other.values, null)
            : CommonOps_DDRM.mult(values, other.values, null));
  }

  /** Aᵀ·B, as {@link #times}. */
  @Override
  public Matrix transposedTimes(Matrix other) {
    return new Matrix(
        large(columns(), other)
            ? CommonOps_MT_DDRM.multTransA(values, other.values, null)
            : CommonOps_DDRM.multTransA(values, other.values, null));
  }

  private static boolean large(int rows, Matrix right) {
    return (long) rows * right.values.getNumElements() >= LARGE;
  }

  @Override
  public Matrix dense() {
    return this;
  }

  /** A·Bᵀ. */
  public Matrix timesTransposed(Matrix other) {
    return times(other.transposed());
  }

  /**
   * Aᵀ·A: the upper triangle in strips, each of which is one thread's, so that the bits stay. Sums
   * over ten thousand rows take a third of what a general product needs.
   */
  public Matrix inner() {
    int d = columns();
    double[] sum = new double[d * d];
    double[] turned = transposed().values.data;
    IntStream.range(0, (d + STRIP - 1) / STRIP)
        .parallel()
        .map(strip -> strip * STRIP)
        .forEach(
            first -> {
              ParallelMatmul.Tile tile =
                  new ParallelMatmul.Tile(
                      sum, first * d + first, d, Math.min(STRIP, d - first), d - first);
              for (int row = 0; row < rows(); row += ParallelMatmul.INNER) {
                int count = Math.min(ParallelMatmul.INNER, rows() - row);
                ParallelMatmul.panel(
                    tile,
                    turned,
                    first * rows() + row,
                    rows(),
                    values.data,
                    row * d + first,
                    d,
                    count);
              }
            });
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < i; j++) {
        sum[i * d + j] = sum[j * d + i];
      }
    }
    return wrap(d, d, sum);
  }

  /** A·s. */
  public Matrix times(double scale) {
    DMatrixRMaj result = new DMatrixRMaj(rows(), columns());
    CommonOps_DDRM.scale(scale, values, result);
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

  /** The columns of matrices of one height, at least one, side by side. */
  public static Matrix joinColumns(List<Matrix> parts) {
    DMatrixRMaj all =
        new DMatrixRMaj(parts.get(0).rows(), parts.stream().mapToInt(Matrix::columns).sum());
    int first = 0;
    for (Matrix part : parts) {
      CommonOps_DDRM.insert(part.values, all, 0, first);
      first += part.columns();
    }
    return new Matrix(all);
  }

  /** The rows of matrices of one width, at least one, below each other. */
  public static Matrix joinRows(List<Matrix> parts) {
    DMatrixRMaj all =
        new DMatrixRMaj(parts.stream().mapToInt(Matrix::rows).sum(), parts.get(0).columns());
    int first = 0;
    for (Matrix part : parts) {
      CommonOps_DDRM.insert(part.values, all, first, 0);
      first += part.rows();
    }
    return new Matrix(all);
  }

  /** Columns from {@code first} up to and without {@code end}. */
  public Matrix columns(int first, int end) {
    return new Matrix(CommonOps_DDRM.extract(values, 0, rows(), first, end));
  }

  /** Rows from {@code first} up to and without {@code end}. */
  public Matrix rows(int first, int end) {
    return new Matrix(CommonOps_DDRM.extract(values, first, end, 0, columns()));
  }

  @Override
  public double norm() {
    return values.getNumElements() == 0 ? 0 : NormOps_DDRM.normF(values);
  }

  /** The squared length of each column. */
  public double[] squaredColumnNorms() {
    double[] result = new double[columns()];
    for (int row = 0; row < rows(); row++) {
      for (int column = 0; column < result.length; column++) {
        result[column] += get(row, column) * get(row, column);
      }
    }
    return result;
  }

  /** The columns that are named, in that order. */
  public Matrix columns(int[] which) {
    DMatrixRMaj result = new DMatrixRMaj(rows(), which.length);
    for (int row = 0; row < rows(); row++) {
      for (int i = 0; i < which.length; i++) {
        result.set(row, i, get(row, which[i]));
      }
    }
    return new Matrix(result);
  }

  /** The values row after row, rounded to float. */
  public float[] rowMajorFloats() {
    float[] result = new float[values.getNumElements()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values.data[i];
    }
    return result;
  }

  /** The same, each value rounded to float: what is left of it in a file of floats. */
  public Matrix roundedToFloat() {
    return of(rows(), columns(), rowMajorFloats());
  }

  /** Mean of the diagonal. */
  public double meanDiagonal() {
    return CommonOps_DDRM.trace(values) / Math.min(rows(), columns());
  }

  /** Sum over all places of A · B, of two matrices of one shape. */
  public double dot(Matrix other) {
    if (rows() != other.rows() || columns() != other.columns()) {
      throw new IllegalArgumentException(
          "a sum over "
              + (rows() + " × " + columns())
              + (" and " + other.rows() + " × " + other.columns())
              + " places needs one shape");
    }
    double sum = 0;
    for (int i = 0; i < values.getNumElements(); i++) {
      sum += values.data[i] * other.values.data[i];
    }
    return sum;
  }

  @Override
  public void addTo(ParallelMatmul.Tile tile, int first, double scale) {
    if (tile.width() != columns()) {
      throw new IllegalArgumentException(
          "rows of " + columns() + " cannot be added to rows of " + tile.width());
    }
    for (int i = 0; i < tile.rows(); i++) {
      for (int j = 0; j < columns(); j++) {
        tile.values()[tile.at() + i * tile.stride() + j] += scale * get(first + i, j);
      }
    }
  }

  /** The values themselves, row after row, for products; may be longer than they are. */
  double[] data() {
    return values.data;
  }

  /** A copy for a decomposition, which may write into it. */
  DMatrixRMaj copy() {
    return values.copy();
  }
}
