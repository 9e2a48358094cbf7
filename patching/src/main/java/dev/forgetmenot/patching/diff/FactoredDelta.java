package dev.forgetmenot.patching.diff;

import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.LinearMap;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.TruncatedSvd;
import java.util.Optional;

/**
 * A change of a weight as a product of thin factors, found by its singular values.
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

  /**
   * Share of ‖dW‖² in the first directions below which a change is taken as one of full rank: it
   * gives no sign of an end.
   */
  private static final double HARDLY = 0.5;

  /**
   * With as many factors as the form says, or as the noise allows.
   *
   * @param shape (out, in) or (out, in, height, width)
   * @param delta row-major
   * @param noise norm of what rounding adds
   */
  public static FactoredDelta of(long[] shape, float[] delta, double noise, DifferenceForm form) {
    FloatMatrix a = matrix(shape, delta);
    int most = Math.min(LowRank.MAX_RANK, Math.min(a.rows(), a.columns()));
    if (form.rank().isPresent()) {
      return of(shape, a, TruncatedSvd.of(a, Math.min(most, form.rank().getAsInt())));
    }
    if (form.energy().isPresent()) {
      return of(shape, a, TruncatedSvd.holding(a, form.energy().getAsDouble(), most));
    }
    return of(shape, a, TruncatedSvd.above(a, threshold(a, a.norm(), noise), most));
  }

  /** If a product that takes at most half the place of the values says all but the noise. */
  static Optional<FactoredDelta> ifThin(long[] shape, float[] delta, double noise) {
    FloatMatrix a = matrix(shape, delta);
    int half = (int) ((long) a.rows() * a.columns() / (2L * (a.rows() + a.columns())));
    int most = Math.min(MOST, half);
    if (most < 1) {
      return Optional.empty();
    }
    double norm = a.norm();
    double rest = Math.max(NOISES * noise, SHARE * norm);
    double share = most > TruncatedSvd.PROBE ? HARDLY : 0;
    return TruncatedSvd.above(a, threshold(a, norm, noise), most, rest, share)
        .map(svd -> of(shape, a, svd))
        .filter(found -> found.residual() <= rest);
  }

  /**
   * Noise of the size s in each value of (m × n) has singular values up to s(√m + √n), and half as
   * much again where the sizes differ, as steps between floats do.
   */
  private static double threshold(LinearMap a, double norm, double noise) {
    double each = noise / Math.sqrt((double) a.rows() * a.columns());
    return Math.max(1.5 * each * (Math.sqrt(a.rows()) + Math.sqrt(a.columns())), SMALLEST * norm);
  }

  private static FloatMatrix matrix(long[] shape, float[] delta) {
    return new FloatMatrix(Math.toIntExact(shape[0]), delta);
  }

  /** Both factors get the root of σ, so that neither is much larger than the other. */
  private static FactoredDelta of(long[] shape, FloatMatrix a, TruncatedSvd found) {
    TruncatedSvd svd = found.sigma().isEmpty() ? TruncatedSvd.of(a, 1) : found;
    int rank = svd.sigma().size();
    double[] roots = svd.sigma().stream().mapToDouble(s -> s > 0 ? Math.sqrt(s) : 1).toArray();
    double[] inverse = new double[rank];
    for (int i = 0; i < rank; i++) {
      inverse[i] = 1 / roots[i];
    }
    Matrix up = svd.u().timesDiagonal(roots).roundedToFloat();
    Matrix down = svd.right().transposed().timesDiagonal(inverse).transposed().roundedToFloat();
    LowRank factors = new LowRank(shape, rank, rank, down.rowMajorFloats(), up.rowMajorFloats());
    return new FactoredDelta(factors, a.residual(up, down));
  }
}
