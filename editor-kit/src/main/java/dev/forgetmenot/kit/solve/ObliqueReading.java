package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.Subspace;

/**
 * How to read what columns hold and kept columns do not: the rows R with R·K = 0 that tell the
 * columns C apart along their main directions, and say least about general text.
 *
 * <pre>
 * rest = C − K(KᵀS⁻¹K)⁻¹KᵀS⁻¹C = U·Σ·Vᵀ (in the coordinates where S is I)    R = Σᵣ⁻¹Uᵣᵀ    R·C = Vᵣᵀ
 * </pre>
 *
 * A change D = M·R moves C as M says and leaves K exactly; of all D with D·K = 0 and the same D·C
 * it is the least on general text, tr(D·S·Dᵀ). The construction of {@link ObliqueProjector} with
 * the cut to r directions made after what is kept has been taken off.
 *
 * @param rows R (r × d)
 * @param coordinates V_r (n × r): the columns in the coordinates of the rows
 */
public record ObliqueReading(Matrix rows, Matrix coordinates) {
  private static final double NOTHING = 1e-12; // of the largest singular value
  private static final double HELD = 1e-6; // less than this of C left is none

  /**
   * Solves.
   *
   * @param second S = E[xxᵀ] over general tokens (d × d), positive definite
   * @param columns C (d × n)
   * @param kept K (d × m), m may be 0
   * @param rank r, at least 1; less where C has no more directions
   * @throws IllegalArgumentException if what is kept holds all of C
   */
  public static ObliqueReading of(Matrix second, Matrix columns, Matrix kept, int rank) {
    Cholesky s = new Cholesky(second);
    Matrix whitened = s.whiten(columns);
    Subspace held = Subspace.of(kept.columns() == 0 ? kept : s.whiten(kept), NOTHING);
    Matrix rest = held.off(held.off(whitened)); // twice: once leaves rounding errors
    SingularValues svd = SingularValues.of(rest);
    if (svd.sigma().get(0) < HELD * whitened.norm()) {
      throw new IllegalArgumentException(
          "what is kept holds all of the concept: "
              + held.size()
              + " kept directions of "
              + rest.rows()
              + " leave nothing that could be moved; keep fewer phrases");
    }
    int r = Math.min(rank, svd.rank(HELD));
    Matrix directions = svd.first(r);
    Matrix along = directions.transposedTimes(rest); // Σᵣ·Vᵣᵀ
    double[] inverse = along.transposed().squaredColumnNorms();
    for (int i = 0; i < r; i++) {
      inverse[i] = 1 / Math.sqrt(inverse[i]);
    }
    Matrix rows = s.whitenTransposed(directions).timesDiagonal(inverse).transposed();
    return new ObliqueReading(rows, along.transposed().timesDiagonal(inverse));
  }

  /**
   * The change that moves the columns by given amounts, as far as the coordinates tell them apart:
   * D = Δ·V_r·R.
   *
   * @param amounts Δ (d × n)
   */
  public InputUpdate moving(Matrix amounts) {
    return new InputUpdate(amounts.times(coordinates), rows);
  }
}
