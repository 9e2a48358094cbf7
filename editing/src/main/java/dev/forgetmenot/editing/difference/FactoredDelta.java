package dev.forgetmenot.editing.difference;

import dev.forgetmenot.editing.applying.LinearChange;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.editing.linear.TruncatedSvd;
import dev.forgetmenot.patch.LowRank;
import java.util.Optional;

/**
 * A dW as a product of thin factors, by its singular values.
 *
 * @param factors in floats as a patch holds them
 * @param residual the norm of what they leave
 */
public record FactoredDelta(LowRank factors, double residual) {
  /** Most directions that are looked for where the user names no rank. */
  private static final int MOST = 128;

  private static final double NOISES = 1.5;
  private static final double SHARE = 1e-4;
  private static final double SMALLEST = 1e-6;

  /** Directions after which a change without a sign of an end is taken as one of full rank. */
  private static final int TRIED = 16;

  private static final double HARDLY = 0.5; // share of ‖dW‖² in those

  /**
   * With as many factors as the form says, or as the noise allows.
   *
   * @param shape (out, in) or (out, in, height, width)
   * @param delta row-major
   * @param noise norm of what rounding adds
   */
  public static FactoredDelta of(long[] shape, double[] delta, double noise, DifferenceForm form) {
    Matrix a = matrix(shape, delta);
    int most = Math.min(LowRank.MAX_RANK, Math.min(a.rows(), a.columns()));
    if (form.rank().isPresent()) {
      return of(shape, delta, TruncatedSvd.of(a, Math.min(most, form.rank().getAsInt())));
    }
    if (form.energy().isPresent()) {
      return of(shape, delta, TruncatedSvd.holding(a, form.energy().getAsDouble(), most));
    }
    TruncatedSvd svd = TruncatedSvd.above(a, threshold(a, noise), most);
    return of(shape, delta, svd.sigma().isEmpty() ? TruncatedSvd.of(a, 1) : svd);
  }

  /** If a product that takes at most half the place of the values says all but the noise. */
  static Optional<FactoredDelta> ifThin(long[] shape, double[] delta, double noise) {
    Matrix a = matrix(shape, delta);
    int half = (int) ((long) a.rows() * a.columns() / (2L * (a.rows() + a.columns())));
    int most = Math.min(MOST, half);
    if (most < 1) {
      return Optional.empty();
    }
    double norm = a.norm();
    if (most > TRIED) {
      double held =
          TruncatedSvd.of(a, TRIED).sigma().stream().mapToDouble(sigma -> sigma * sigma).sum();
      if (held < HARDLY * norm * norm) {
        return Optional.empty();
      }
    }
    TruncatedSvd svd = TruncatedSvd.above(a, threshold(a, noise), most);
    FactoredDelta found = of(shape, delta, svd.sigma().isEmpty() ? TruncatedSvd.of(a, 1) : svd);
    return found.residual() <= Math.max(NOISES * noise, SHARE * norm)
        ? Optional.of(found)
        : Optional.empty();
  }

  /**
   * Noise of the size s in each value of (m × n) has singular values up to s(√m + √n), and half as
   * much again where the sizes differ, as steps between floats do.
   */
  private static double threshold(Matrix a, double noise) {
    double each = noise / Math.sqrt((double) a.rows() * a.columns());
    return Math.max(
        1.5 * each * (Math.sqrt(a.rows()) + Math.sqrt(a.columns())), SMALLEST * a.norm());
  }

  private static Matrix matrix(long[] shape, double[] delta) {
    int rows = Math.toIntExact(shape[0]);
    return Matrix.of(rows, delta.length / rows, delta);
  }

  /** Both factors get the root of σ, so that neither is much larger than the other. */
  private static FactoredDelta of(long[] shape, double[] delta, TruncatedSvd svd) {
    int rank = svd.sigma().size();
    double[] roots = svd.sigma().stream().mapToDouble(s -> s > 0 ? Math.sqrt(s) : 1).toArray();
    double[] inverse = new double[rank];
    for (int i = 0; i < rank; i++) {
      inverse[i] = 1 / roots[i];
    }
    float[] up = svd.u().timesDiagonal(roots).rowMajorFloats();
    float[] down = svd.right().transposed().timesDiagonal(inverse).transposed().rowMajorFloats();
    LowRank factors = new LowRank(shape, rank, rank, down, up);
    return new FactoredDelta(factors, Residual.of(delta, LinearChange.of(factors)));
  }
}
