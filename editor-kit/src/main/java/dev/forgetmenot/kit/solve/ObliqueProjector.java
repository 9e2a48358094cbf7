package dev.forgetmenot.kit.solve;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.Subspace;

/**
 * The oblique projector with hard invariants: of all maps that bring each concept exactly to its
 * anchor and leave some columns exactly, the one that changes general text least. After LEACE
 * (Belrose et al., "Perfect linear concept erasure in closed form", arXiv 2306.03819), about the
 * origin, since keys and values have no bias.
 *
 * <pre>
 * A = S⁻¹Δ − S⁻¹K(KᵀS⁻¹K)⁻¹KᵀS⁻¹Δ    Q = Δ(AᵀΔ)⁻¹Aᵀ    W' = W(I − Q)
 * </pre>
 *
 * Q·Δ = Δ, Q·K = 0, Q·Q = Q. I − Q is singular: no text embedding gives Δ's keys and values back.
 *
 * @param second S = E[xxᵀ] over general tokens (d × d), positive definite
 */
public record ObliqueProjector(Matrix second) {
  private static final double NOTHING = 1e-12; // of the largest singular value
  private static final double HELD = 1e-6; // less than this of Δ left is none

  /**
   * What general text looks like: the mean of xxᵀ and a little of its mean diagonal.
   *
   * @param rows text embedding rows x, one after another (n × d)
   * @param ridge added to the diagonal, as a share of its mean; above 0
   */
  public static ObliqueProjector of(Matrix rows, double ridge) {
    Matrix mean = rows.inner().times(1.0 / rows.rows());
    return new ObliqueProjector(mean.plusDiagonal(ridge * mean.meanDiagonal()));
  }

  /**
   * Solves.
   *
   * @param differences Δ (d × k): what must go, independent columns
   * @param kept K (d × m): what must not move, m may be 0; directions that say nothing new are left
   *     out
   * @return left = −Δ and right = (AᵀΔ)⁻¹Aᵀ, row by row in the order of Δ
   * @throws IllegalArgumentException if what is kept holds a part of Δ, or columns of Δ depend on
   *     each other
   */
  public InputUpdate solve(Matrix differences, Matrix kept) {
    // In the coordinates where S is I, S = L·Lᵀ, this is the part of Δ that is orthogonal to K.
    Cholesky s = new Cholesky(second);
    Matrix delta = s.whiten(differences);
    Subspace held = Subspace.of(kept.columns() == 0 ? kept : s.whiten(kept), NOTHING);
    Matrix rest = held.off(held.off(delta)); // twice: once leaves rounding errors of the size of Δ
    double[] sigma = SingularValues.sigma(rest.timesDiagonal(inverseLengths(delta)));
    if (rest.columns() > rest.rows() || sigma[sigma.length - 1] < HELD) {
      throw new IllegalArgumentException(
          Message.of(
              "what is kept holds a part of the concept, or its directions depend on each other:"
                  + " nothing can take %s directions away without moving %s kept ones of %s;"
                  + " keep fewer phrases or lower the rank",
              differences.columns(), held.size(), rest.rows()));
    }
    Matrix gram = rest.transposedTimes(rest); // AᵀΔ
    Matrix right = new Cholesky(gram).solve(s.whitenTransposed(rest).transposed());
    return new InputUpdate(differences.times(-1), right);
  }

  private static double[] inverseLengths(Matrix columns) {
    double[] result = columns.squaredColumnNorms();
    for (int i = 0; i < result.length; i++) {
      result[i] = 1 / Math.sqrt(result[i]);
    }
    return result;
  }
}
