package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.Subspace;

/**
 * DP (Zhang, Cheng, Wang and Liu, "Closed-Form Concept Erasure via Double Projections", arXiv
 * 2604.10032): each target c becomes c*, its projection on safe columns, by a change that no
 * preserved column sees. With U₂ an orthonormal basis of the left null space of the preserved
 * columns and x = U₂ᵀc,
 *
 * <pre>ΔW = W(c* − c)xᵀU₂ᵀ/|x|²        of several targets: W(C* − C)X⁺U₂ᵀ</pre>
 *
 * @param cut directions of the safe and of the preserved columns whose singular value is at most
 *     this share of their largest do not count; in [0, 1). Without a cut a preserved set that spans
 *     all of the text space leaves no direction for any change
 */
public record DoubleProjectionSolver(double cut) {
  private static final double NOTHING = 1e-10; // of a target's length

  /** Checks the number. */
  public DoubleProjectionSolver {
    if (!(cut >= 0 && cut < 1)) {
      throw new IllegalArgumentException("the cut must be in [0, 1), not " + cut);
    }
  }

  /**
   * Solves.
   *
   * @param targets C (d × k)
   * @param safe columns (d × n) that targets may become mixtures of
   * @param preserved columns (d × m) that must not move
   * @throws IllegalArgumentException if the preserved columns span all of the targets
   */
  public InputUpdate solve(Matrix targets, Matrix safe, Matrix preserved) {
    Matrix proxies = Subspace.of(safe, cut).onto(targets); // C*
    Matrix unseen = Subspace.of(preserved, cut).off(targets); // U₂X, so that X⁺U₂ᵀ = (U₂X)⁺
    if (unseen.norm() <= NOTHING * targets.norm()) {
      throw new IllegalArgumentException(
          "the preserved phrases hold all of the concept: nothing can change without moving them;"
              + " preserve fewer, or raise the cut");
    }
    return new InputUpdate(proxies.minus(targets), pseudoInverse(unseen));
  }

  /** A⁺ (n × d) of d × n: (AᵀA)⁺Aᵀ through the singular vectors of A. */
  private static Matrix pseudoInverse(Matrix a) {
    SingularValues svd = SingularValues.of(a);
    int rank = svd.rank(NOTHING);
    double[] inverse = svd.sigma().stream().limit(rank).mapToDouble(s -> 1 / (s * s)).toArray();
    Matrix u = svd.first(rank);
    return a.transposedTimes(u).timesDiagonal(inverse).timesTransposed(u);
  }
}
