package dev.forgetmenot.patching.linear;

import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_MT_DDRM;

/**
 * An orthonormal basis Q of the directions that a matrix A maps most to, extended block by block,
 * so that what was found is never worked out again (Yu, Gu and Li, arXiv 1606.09402: randQB with a
 * power iteration for each block): A ≈ Q·B with B = QᵀA, and ‖A − QB‖² = ‖A‖² − ‖B‖². The random
 * numbers are always the same.
 */
final class RangeFinder {
  private static final long SEED = 0x5eedL;

  private final LinearMap a;
  private final int turns;
  private final Random random = new Random(SEED);
  private Matrix q;
  private Matrix b;

  /**
   * Begins with no direction.
   *
   * @param turns power iterations for each block, which turn it to the largest directions
   */
  RangeFinder(LinearMap a, int turns) {
    this.a = a;
    this.turns = turns;
    this.q = Matrix.zeros(a.rows(), 0);
    this.b = Matrix.zeros(0, a.columns());
  }

  /** Directions found. */
  int size() {
    return q.columns();
  }

  /** Q (m × k). */
  Matrix q() {
    return q;
  }

  /** B = QᵀA (k × n). */
  Matrix b() {
    return b;
  }

  /** Adds directions; {@code count} and those that are there must be at most as many as A has. */
  void extend(int count) {
    Matrix block = beyond(rest(random(a.columns(), count)));
    for (int turn = 0; turn < turns; turn++) {
      Matrix back = a.transposedTimes(block);
      Matrix known = size() == 0 ? back : back.minus(b.transposedTimes(q.transposedTimes(block)));
      block = beyond(rest(orthonormal(known)));
    }
    Matrix rows = a.transposedTimes(block).transposed();
    q = size() == 0 ? block : q.beside(block);
    b = b.rows() == 0 ? rows : Matrix.joinRows(List.of(b, rows));
  }

  /** (A − QB)·X. */
  private Matrix rest(Matrix columns) {
    Matrix product = a.times(columns);
    return size() == 0 ? product : product.minus(q.times(b.times(columns)));
  }

  /** Orthonormal, and orthogonal to Q: twice, for where A ends rounding is all that is left. */
  private Matrix beyond(Matrix columns) {
    return size() == 0 ? orthonormal(columns) : orthonormal(off(orthonormal(off(columns))));
  }

  private Matrix off(Matrix columns) {
    return columns.minus(q.times(q.transposedTimes(columns)));
  }

  private Matrix random(int rows, int columns) {
    DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
    for (int i = 0; i < matrix.data.length; i++) {
      matrix.data[i] = random.nextGaussian();
    }
    return new Matrix(matrix);
  }

  /** An orthonormal basis that holds the columns. */
  static Matrix orthonormal(Matrix columns) {
    QRDecompositionHouseholderColumn_MT_DDRM qr = new QRDecompositionHouseholderColumn_MT_DDRM();
    qr.decompose(columns.copy());
    return new Matrix(qr.getQ(null, true));
  }
}
