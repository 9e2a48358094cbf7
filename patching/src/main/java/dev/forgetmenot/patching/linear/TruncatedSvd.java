package dev.forgetmenot.patching.linear;

import java.util.List;
import java.util.Optional;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_MT_DDRM;

/**
 * The largest singular values of a matrix and their vectors: A ≈ U·(UᵀA). Small matrices are
 * decomposed in full; of large ones a random subspace is turned to the largest directions by power
 * iterations (Halko, Martinsson and Tropp, arXiv 0909.4061), always with the same random numbers,
 * and extended where it holds too little.
 *
 * @param u (m × k), orthonormal columns
 * @param right UᵀA = diag(σ)·Vᵀ (k × n)
 * @param sigma falling
 */
public record TruncatedSvd(Matrix u, Matrix right, List<Double> sigma) {
  private static final int SMALL = 160; // sides up to this are decomposed in full
  private static final int MORE = 10; // directions beside those asked for, which settle the others
  private static final int TURNS = 3;
  private static final int FIRST = 16;

  /** Directions by which is seen whether a matrix has an end. */
  public static final int PROBE = FIRST;

  /** Copies the list. */
  public TruncatedSvd {
    sigma = List.copyOf(sigma);
  }

  /**
   * The first {@code count} directions, or all if there are fewer.
   *
   * @param count at least 1
   */
  public static TruncatedSvd of(LinearMap a, int count) {
    int all = Math.min(a.rows(), a.columns());
    int wanted = Math.min(count, all);
    if (all <= SMALL || wanted + MORE >= all) {
      return complete(a).first(wanted);
    }
    RangeFinder range = new RangeFinder(a, TURNS);
    range.extend(wanted + MORE);
    return inside(range.q(), range.b(), leftOf(range.b()), wanted);
  }

  /**
   * The directions whose σ is above a threshold, at most so many.
   *
   * @param most at least 1
   */
  public static TruncatedSvd above(LinearMap a, double threshold, int most) {
    return new Search(a, most).above(threshold, Double.POSITIVE_INFINITY, 0).orElseThrow();
  }

  /**
   * The same if they say a matrix but for a rest; empty as soon as it is seen that they do not.
   *
   * @param most at least 1
   * @param rest the norm that may be left
   * @param share of ‖A‖² that the first {@link #PROBE} directions must hold: a matrix that gives no
   *     sign of an end is not searched for one
   */
  public static Optional<TruncatedSvd> above(
      LinearMap a, double threshold, int most, double rest, double share) {
    return new Search(a, most).above(threshold, rest, share);
  }

  /**
   * The fewest directions that hold a share of ‖A‖², at most so many.
   *
   * @param share in (0, 1]
   * @param most at least 1
   */
  public static TruncatedSvd holding(LinearMap a, double share, int most) {
    return new Search(a, most).holding(share);
  }

  /** Extends one range until it holds what is asked for. */
  private static final class Search {
    private final LinearMap a;
    private final int all;
    private final int most;
    private final double square; // ‖A‖²
    private final RangeFinder range;
    private SingularValues found;

    Search(LinearMap a, int most) {
      this.a = a;
      this.all = Math.min(a.rows(), a.columns());
      this.most = Math.min(most, all);
      double norm = a.norm();
      this.square = norm * norm;
      this.range = new RangeFinder(a, 1);
    }

    Optional<TruncatedSvd> above(double threshold, double rest, double share) {
      while (extend()) {
        double smallest = found.sigma().get(found.sigma().size() - 1);
        if (square(found.sigma(), Math.min(PROBE, most)) < share * square
            || leaves(smallest) > rest * rest) {
          return Optional.empty();
        }
        if (smallest <= threshold || range.size() >= most + MORE) {
          TruncatedSvd svd = settled(Math.min(most, count(found.sigma(), threshold)));
          return Optional.of(svd.first(count(svd.sigma(), threshold)));
        }
      }
      TruncatedSvd svd = complete(a);
      return Optional.of(svd.first(Math.min(most, count(svd.sigma(), threshold))));
    }

    TruncatedSvd holding(double share) {
      double wanted = share * square;
      while (extend()) {
        if (square(found.sigma(), most) >= wanted || range.size() >= most + MORE) {
          TruncatedSvd svd = settled(Math.min(most, needed(found.sigma(), wanted)));
          return svd.first(needed(svd.sigma(), wanted));
        }
      }
      TruncatedSvd svd = complete(a);
      return svd.first(Math.min(most, needed(svd.sigma(), wanted)));
    }

    /** Looks for as many again; false if all of A is to be decomposed instead. */
    private boolean extend() {
      int more = Math.max(FIRST + MORE, range.size());
      more = Math.min(more, most + MORE - range.size());
      if (all <= SMALL || 2 * (range.size() + more) > all) {
        return false;
      }
      range.extend(more);
      found = leftOf(range.b());
      return true;
    }

    /**
     * The least square that {@code most} directions leave: those that are not found yet hold at
     * most σ² each, of which one turn sees at least half.
     */
    private double leaves(double smallest) {
      int unseen = Math.max(0, most - range.size());
      double left = square - square(found.sigma(), found.sigma().size());
      return left - 2 * unseen * smallest * smallest;
    }

    /** Directions after one more turn with a few beside them. */
    private TruncatedSvd settled(int wanted) {
      int count = Math.max(1, wanted);
      Matrix q = range.q().times(found.first(count + MORE));
      q = RangeFinder.orthonormal(a.times(RangeFinder.orthonormal(a.transposedTimes(q))));
      Matrix b = a.transposedTimes(q).transposed();
      return inside(q, b, leftOf(b), count);
    }
  }

  private static int count(List<Double> sigma, double threshold) {
    return (int) sigma.stream().filter(s -> s > threshold).count();
  }

  /** The sum of the first squares. */
  private static double square(List<Double> sigma, int count) {
    return sigma.stream().limit(count).mapToDouble(s -> s * s).sum();
  }

  /** How many squares make a sum, or all. */
  private static int needed(List<Double> sigma, double wanted) {
    int needed = 0;
    double held = 0;
    while (needed < sigma.size() && held < wanted) {
      held += sigma.get(needed) * sigma.get(needed);
      needed++;
    }
    return needed;
  }

  /** Every direction. */
  private static TruncatedSvd complete(LinearMap a) {
    Matrix dense = a.dense();
    SingularValues values = leftOf(dense);
    return new TruncatedSvd(values.u(), values.u().transposedTimes(dense), values.sigma());
  }

  /** The first directions of A ≈ Q·B. */
  private static TruncatedSvd inside(Matrix q, Matrix b, SingularValues values, int count) {
    Matrix left = values.first(count);
    return new TruncatedSvd(
        q.times(left), left.transposedTimes(b), values.sigma().subList(0, count));
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
    QRDecompositionHouseholderColumn_MT_DDRM qr = new QRDecompositionHouseholderColumn_MT_DDRM();
    qr.decompose(a.transposed().copy());
    return SingularValues.of(new Matrix(qr.getR(null, true)).transposed());
  }
}
