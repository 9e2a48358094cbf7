package dev.forgetmenot.editing.linear;

import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/**
 * The largest singular values of a matrix and their vectors: A ≈ U·(UᵀA). Small matrices are
 * decomposed in full; of large ones a random subspace is turned to the largest directions by power
 * iterations (Halko, Martinsson and Tropp, arXiv 0909.4061), always with the same random numbers.
 *
 * @param u (m × k), orthonormal columns
 * @param right UᵀA = diag(σ)·Vᵀ (k × n)
 * @param sigma falling
 */
public record TruncatedSvd(Matrix u, Matrix right, List<Double> sigma) {
  private static final int SMALL = 160; // sides up to this are decomposed in full
  private static final int MORE = 10; // directions beside those asked for, which settle the others
  private static final int TURNS = 3;
  private static final int FIRST = 8;
  private static final long SEED = 0x5eedL;

  /** Copies the list. */
  public TruncatedSvd {
    sigma = List.copyOf(sigma);
  }

  /**
   * The first {@code count} directions, or all if there are fewer.
   *
   * @param count at least 1
   */
  public static TruncatedSvd of(Matrix a, int count) {
    int all = Math.min(a.rows(), a.columns());
    int wanted = Math.min(count, all);
    Matrix q = Matrix.identity(a.rows());
    Matrix inside = a;
    if (all > SMALL && wanted + MORE < all) {
      q = orthonormal(a.times(random(a.columns(), wanted + MORE)));
      for (int turn = 0; turn < TURNS; turn++) {
        q = orthonormal(a.times(orthonormal(a.transposedTimes(q))));
      }
      inside = q.transposedTimes(a);
    }
    SingularValues values = leftOf(inside);
    Matrix u = q.times(values.first(wanted));
    return new TruncatedSvd(u, u.transposedTimes(a), values.sigma().subList(0, wanted));
  }

  /**
   * The directions whose σ is above a threshold, at most so many.
   *
   * @param most at least 1
   */
  public static TruncatedSvd above(Matrix a, double threshold, int most) {
    for (int count = FIRST; ; count *= 2) {
      TruncatedSvd svd = of(a, Math.min(count, most));
      int found = svd.sigma().size();
      boolean complete = found < count || found == most;
      if (complete || svd.sigma().get(found - 1) <= threshold) {
        return svd.first((int) svd.sigma().stream().filter(s -> s > threshold).count());
      }
    }
  }

  /**
   * The fewest directions that hold a share of ‖A‖², at most so many.
   *
   * @param share in (0, 1]
   * @param most at least 1
   */
  public static TruncatedSvd holding(Matrix a, double share, int most) {
    double wanted = share * a.norm() * a.norm();
    for (int count = FIRST; ; count *= 2) {
      TruncatedSvd svd = of(a, Math.min(count, most));
      int needed = 0;
      double held = 0;
      while (needed < svd.sigma().size() && held < wanted) {
        held += svd.sigma().get(needed) * svd.sigma().get(needed);
        needed++;
      }
      boolean complete = svd.sigma().size() < count || svd.sigma().size() == most;
      if (held >= wanted || complete) {
        return svd.first(needed);
      }
    }
  }

  /** The first of these directions. */
  public TruncatedSvd first(int count) {
    if (count == 0) {
      return new TruncatedSvd(
          Matrix.zeros(u.rows(), 0), Matrix.zeros(0, right.columns()), List.of());
    }
    return count == sigma.size()
        ? this
        : new TruncatedSvd(u.columns(0, count), right.rows(0, count), sigma.subList(0, count));
  }

  /** The left half, of a wide matrix by way of its smaller side. */
  private static SingularValues leftOf(Matrix a) {
    if (a.columns() <= 2 * a.rows()) {
      return SingularValues.of(a);
    }
    // A = L·Qᵀ with Q from Aᵀ: the left half of A is that of L, which is as small as A's rows.
    QRDecompositionHouseholderColumn_DDRM qr = new QRDecompositionHouseholderColumn_DDRM();
    qr.decompose(a.transposed().copy());
    return SingularValues.of(new Matrix(qr.getR(null, true)).transposed());
  }

  private static Matrix random(int rows, int columns) {
    Random random = new Random(SEED);
    DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
    for (int i = 0; i < matrix.data.length; i++) {
      matrix.data[i] = random.nextGaussian();
    }
    return new Matrix(matrix);
  }

  private static Matrix orthonormal(Matrix columns) {
    QRDecompositionHouseholderColumn_DDRM qr = new QRDecompositionHouseholderColumn_DDRM();
    qr.decompose(columns.copy());
    return new Matrix(qr.getQ(null, true));
  }
}
