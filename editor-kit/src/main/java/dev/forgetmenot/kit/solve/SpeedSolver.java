package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.Subspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * SPEED (Li et al., "Scalable, Precise, and Efficient Concept Erasure", arXiv 2503.07392) for one
 * weight W: the targets become their guides by a change that lives where retained concepts have
 * next to nothing, and that leaves some columns exactly.
 *
 * <pre>
 * D = (G − C)CᵀP·Q·M    M = (CCᵀP + λI)⁻¹    Q = I − M·K(KᵀPMK)⁻¹KᵀP
 * </pre>
 *
 * P projects on the eigenvectors of the retained columns' mean covariance whose eigenvalues are
 * below a threshold. Retained are those columns whose W·x a plain edit moves by the mean or more,
 * and copies of them shifted along the direction that W sees least, chosen the same way. The choice
 * depends on W: every layer has its own D, of as many factors as there are targets.
 *
 * @param lambda λ, above 0
 * @param threshold eigenvalues below it count as nothing, as a multiple of the mean of the
 *     covariance's diagonal, which is about 1 for the text encoder of SD 1.x; above 0
 */
public record SpeedSolver(double lambda, double threshold) {
  private static final double SAME_SPACE = 1e-8; // of its length: less than this of a column is 0
  private static final double NEXT_TO =
      1e-10; // how near to a singular value inverse iteration aims
  private static final int ITERATIONS = 6;

  /** Checks the numbers. */
  public SpeedSolver {
    if (!(lambda > 0 && threshold > 0)) {
      throw new IllegalArgumentException(
          "lambda and threshold must be above 0, not " + lambda + " and " + threshold);
    }
  }

  /**
   * Solves for one weight.
   *
   * @param weight W (out × d)
   * @param targets C (d × k)
   * @param guides G (d × k)
   * @param retained columns to keep (d × n), at least one
   * @param invariants K (d × m), which must not move at all; may be none
   * @param shifts standard normal numbers (a × n): how far each of a copies of each retained column
   *     is shifted; a may be 0
   */
  public InputUpdate solve(
      Matrix weight,
      Matrix targets,
      Matrix guides,
      Matrix retained,
      Matrix invariants,
      Matrix shifts) {
    Matrix difference = guides.minus(targets);
    InputUpdate plain = // what a plain edit with λ = 1 would do
        new InputUpdate(
            difference,
            new Cholesky(targets.transposedTimes(targets).plusDiagonal(1))
                .solve(targets.transposed()));
    Subspace seen = new Subspace(seen(weight, plain, retained, shifts));
    return new InputUpdate(difference, right(targets, seen, invariants));
  }

  /** CᵀP·Q·M (k × d). */
  private Matrix right(Matrix targets, Subspace seen, Matrix invariants) {
    Matrix pc = seen.off(targets);
    // (CCᵀP + λI)⁻¹ = (I − C(λI + CᵀPC)⁻¹CᵀP)/λ, and CᵀPC = (PC)ᵀ(PC).
    Cholesky small = new Cholesky(pc.transposedTimes(pc).plusDiagonal(lambda));
    Matrix pcM = small.solve(pc.transposed()); // CᵀP·M
    Matrix k = constraint(seen.off(invariants), invariants);
    if (k.columns() == 0) {
      return pcM;
    }
    Matrix mk = k.minus(targets.times(small.solve(pc.transposedTimes(k)))).times(1 / lambda);
    Matrix kpm = k.minus(pc.times(small.solve(targets.transposedTimes(k)))).times(1 / lambda);
    Matrix weights = new Cholesky(k.transposedTimes(mk)).solve(kpm.transposed());
    return pcM.minus(pc.transposedTimes(mk).times(weights));
  }

  /** D·K = 0 is D·PK = 0, and asks for no more than a basis of PK. */
  private static Matrix constraint(Matrix projected, Matrix invariants) {
    if (invariants.columns() == 0 || projected.norm() <= SAME_SPACE * invariants.norm()) {
      return Matrix.zeros(projected.rows(), 0);
    }
    SingularValues svd = SingularValues.of(projected);
    return svd.first(svd.rank(SAME_SPACE * invariants.norm() / svd.sigma().get(0)));
  }

  /** A basis of what the retained columns and their copies hold, (d × r). */
  private Matrix seen(Matrix weight, InputUpdate plain, Matrix retained, Matrix shifts) {
    Matrix moves = weight.times(plain.left()); // W·ΔW's left factor (out × k)
    Matrix reads = plain.right();
    int[] moved = aboveTheMean(moves.times(reads.times(retained)));
    Matrix kept = retained.columns(moved);
    if (shifts.rows() == 0) {
      return aboveThreshold(kept, Matrix.identity(moved.length), moved.length);
    }
    // A copy is c + s·v: what is read of it is read of c and of v, and xxᵀ is a sum over c's and v.
    Matrix along = leastSeen(weight);
    Matrix chosen = shifts.columns(moved);
    List<Matrix> read = new ArrayList<>();
    for (int copy = 0; copy < shifts.rows(); copy++) {
      Matrix shift = chosen.rows(copy, copy + 1);
      read.add(reads.times(kept).plus(reads.times(along).times(shift)));
    }
    int[] copies = aboveTheMean(moves.times(Matrix.joinColumns(read)));
    Matrix counts = counts(moved.length, copies, chosen);
    return aboveThreshold(kept.beside(along), counts, moved.length + copies.length);
  }

  /** N with Σ xxᵀ = (C|v)·N·(C|v)ᵀ over the columns c and those of their copies c + s·v. */
  private static Matrix counts(int kept, int[] copies, Matrix shifts) {
    double[] n = new double[(kept + 1) * (kept + 1)];
    int v = kept;
    for (int i = 0; i < kept; i++) {
      n[i * (kept + 1) + i] = 1;
    }
    for (int copy : copies) {
      int i = copy % kept;
      double shift = shifts.get(copy / kept, i);
      n[i * (kept + 1) + i] += 1;
      n[i * (kept + 1) + v] += shift;
      n[v * (kept + 1) + i] += shift;
      n[v * (kept + 1) + v] += shift * shift;
    }
    return Matrix.of(kept + 1, kept + 1, n);
  }

  /**
   * Eigenvectors of the mean of xxᵀ, which is X·N·Xᵀ/n, whose eigenvalues reach the threshold.
   *
   * @param spanning X (d × m)
   * @param counts N (m × m)
   */
  private Matrix aboveThreshold(Matrix spanning, Matrix counts, int n) {
    Matrix basis =
        spanning.columns() < spanning.rows()
            ? Subspace.of(spanning, 0).basis()
            : Matrix.identity(spanning.rows());
    Matrix inside = basis.transposedTimes(spanning);
    Matrix mean = inside.times(counts).timesTransposed(inside).times(1.0 / n);
    double limit = threshold * mean.meanDiagonal() * mean.rows() / spanning.rows();
    SingularValues eigen = SingularValues.of(mean);
    int rank = (int) eigen.sigma().stream().filter(value -> value >= limit).count();
    return basis.times(eigen.first(rank));
  }

  private static int[] aboveTheMean(Matrix moves) {
    double[] sizes = Arrays.stream(moves.squaredColumnNorms()).map(Math::sqrt).toArray();
    double mean = Arrays.stream(sizes).sum() / sizes.length;
    return IntStream.range(0, sizes.length).filter(i -> sizes[i] >= mean).toArray();
  }

  /**
   * The right singular vector (d × 1) of W with the smallest of its min(out, d) singular values, by
   * inverse iteration.
   */
  static Matrix leastSeen(Matrix weight) {
    boolean wide = weight.rows() < weight.columns();
    Matrix gram = wide ? weight.transposed().inner() : weight.inner();
    double[] sigma = SingularValues.sigma(gram);
    double shift = sigma[sigma.length - 1] - NEXT_TO * sigma[0];
    Cholesky shifted = new Cholesky(gram.plusDiagonal(-shift));
    Matrix vector = start(gram.rows());
    for (int i = 0; i < ITERATIONS; i++) {
      vector = unit(shifted.solve(vector));
    }
    return wide ? unit(weight.transposedTimes(vector)) : vector;
  }

  private static Matrix start(int size) {
    SplittableRandom random = new SplittableRandom(1);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return Matrix.of(size, 1, values);
  }

  /** Length 1, the component that is largest in size positive. */
  private static Matrix unit(Matrix vector) {
    double[] values = vector.column(0);
    double largest = 0;
    for (double value : values) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    return vector.times(Math.signum(largest) / vector.norm());
  }
}
