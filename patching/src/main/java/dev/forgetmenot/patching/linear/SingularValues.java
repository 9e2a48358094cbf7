package dev.forgetmenot.patching.linear;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.svd.SvdImplicitQrDecompose_DDRM;

/**
 * The left half of a singular value decomposition A = U·diag(σ)·Vᵀ: σ falls, and the component of
 * each column of U that is largest in size is positive, so that the result does not hang on how it
 * was found.
 *
 * @param u orthonormal columns (m × min(m, n)); of a σ that is 0 any that fit
 * @param sigma at least 0, falling
 */
public record SingularValues(Matrix u, List<Double> sigma) {
  /** Copies the list. */
  public SingularValues {
    sigma = List.copyOf(sigma);
  }

  /**
   * Decomposes (m × n).
   *
   * @throws ArithmeticException if it does not converge, which finite values always do
   */
  public static SingularValues of(Matrix matrix) {
    SvdImplicitQrDecompose_DDRM svd = decompose(matrix, true);
    DMatrixRMaj raw = svd.getU(null, false);
    double[] sigma = svd.getSingularValues();
    int[] order = falling(sigma, Math.min(matrix.rows(), matrix.columns()));
    DMatrixRMaj u = new DMatrixRMaj(matrix.rows(), order.length);
    for (int column = 0; column < order.length; column++) {
      double sign = sign(raw, order[column]);
      for (int row = 0; row < u.numRows; row++) {
        u.set(row, column, sign * raw.get(row, order[column]));
      }
    }
    return new SingularValues(new Matrix(u), Arrays.stream(order).mapToObj(i -> sigma[i]).toList());
  }

  /** σ alone, falling. */
  public static double[] sigma(Matrix matrix) {
    double[] sigma = decompose(matrix, false).getSingularValues();
    return Arrays.stream(falling(sigma, Math.min(matrix.rows(), matrix.columns())))
        .mapToDouble(i -> sigma[i])
        .toArray();
  }

  private static SvdImplicitQrDecompose_DDRM decompose(Matrix matrix, boolean left) {
    SvdImplicitQrDecompose_DDRM svd = new SvdImplicitQrDecompose_DDRM(true, left, false, true);
    if (!svd.decompose(matrix.copy())) {
      throw new ArithmeticException(
          "singular values of " + matrix.rows() + " × " + matrix.columns() + " did not converge");
    }
    return svd;
  }

  private static int[] falling(double[] sigma, int count) {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -sigma[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  private static double sign(DMatrixRMaj u, int column) {
    double largest = 0;
    for (int row = 0; row < u.numRows; row++) {
      double value = u.get(row, column);
      if (Math.abs(value) > Math.abs(largest)) {
        largest = value;
      }
    }
    return largest < 0 ? -1 : 1;
  }

  /**
   * How many σ count as not 0: those above {@code cut} times the largest.
   *
   * @param cut in [0, 1)
   */
  public int rank(double cut) {
    int rank = 0;
    while (rank < sigma.size() && sigma.get(rank) > cut * sigma.get(0)) {
      rank++;
    }
    return rank;
  }

  /** The first columns of U, at most as many as there are. */
  public Matrix first(int count) {
    return u.columns(0, Math.min(count, u.columns()));
  }
}
