package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;

/**
 * CURE (Das Biswas, Roy and Roy, "Concept Unlearning via Orthogonal Representation Editing", arXiv
 * 2505.12677): of the target's columns and the retained ones, uncentred, E = UΣVᵀ each,
 *
 * <pre>
 * r_i = σ_i²/Σσ²    f(r) = αr/((α−1)r + 1)    P = U·diag(f(r))·Uᵀ
 * W' = W(I − P_f + P_f·P_r)
 * </pre>
 *
 * The first direction is what all text embeddings have in common: without retained columns it is
 * taken from every prompt.
 *
 * @param alpha α, above 0: how steeply weak directions are taken along; 1 takes each by its share
 * @param retainAlpha the same of the retained columns
 */
public record CureSolver(double alpha, double retainAlpha) {
  private static final double NOTHING = 1e-12; // of the largest singular value

  /** Checks the number. */
  public CureSolver {
    check(alpha);
    check(retainAlpha);
  }

  /** The same α for both. */
  public CureSolver(double alpha) {
    this(alpha, alpha);
  }

  private static void check(double alpha) {
    if (!(alpha > 0 && Double.isFinite(alpha))) {
      throw new IllegalArgumentException("alpha must be above 0, not " + alpha);
    }
  }

  /**
   * Solves.
   *
   * @param forgotten E_f (d × n), at least one
   * @param retained E_r (d × m), may be none
   */
  public InputUpdate solve(Matrix forgotten, Matrix retained) {
    Expanded forget = expanded(forgotten, alpha);
    Matrix right = forget.u.transposed();
    if (retained.columns() > 0) {
      Expanded retain = expanded(retained, retainAlpha);
      Matrix shared = forget.u.transposedTimes(retain.u).timesDiagonal(retain.f);
      right = right.minus(shared.timesTransposed(retain.u));
    }
    return new InputUpdate(forget.u.timesDiagonal(forget.f).times(-1), right);
  }

  /** U and f(r) of columns. */
  private static final class Expanded {
    private final Matrix u;
    private final double[] f;

    Expanded(Matrix u, double[] f) {
      this.u = u;
      this.f = f;
    }
  }

  private static Expanded expanded(Matrix columns, double alpha) {
    SingularValues svd = SingularValues.of(columns);
    int rank = svd.rank(NOTHING);
    double energy = svd.sigma().stream().mapToDouble(sigma -> sigma * sigma).sum();
    double[] f = new double[rank];
    for (int i = 0; i < rank; i++) {
      double r = svd.sigma().get(i) * svd.sigma().get(i) / energy;
      f[i] = alpha * r / ((alpha - 1) * r + 1);
    }
    return new Expanded(svd.first(rank), f);
  }
}
