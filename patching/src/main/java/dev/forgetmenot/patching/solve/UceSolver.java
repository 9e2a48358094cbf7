package dev.forgetmenot.patching.solve;

import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The joint solve of closed-form erasers (UCE and its kin): of all D the one that minimises Σ e·|(I
 * + D)c − g|² + Σ p·|D·p|² + λ‖D‖² over every concept and every kept column at once,
 *
 * <pre>
 * W' = W(I + D)    D = (G − C)·E·Cᵀ·A⁻¹    A = λI + Σ e·ccᵀ + Σ p·ppᵀ
 * </pre>
 *
 * by a matrix of d × d, or of as many columns as there are by Woodbury's identity when they are
 * fewer. Solving concepts one by one and adding the results is something else, and wrong.
 */
public final class UceSolver {
  private UceSolver() {}

  /**
   * Solves.
   *
   * @param erased concepts, at least one
   * @param kept may be empty
   * @param lambda λ, above 0
   * @throws IllegalArgumentException if widths differ or λ is not above 0
   */
  public static Solution solve(
      List<Erasure> erased, List<PreservedEmbeddings> kept, double lambda) {
    check(erased, kept, lambda);
    Matrix targets = Matrix.joinColumns(erased.stream().map(Erasure::targets).toList());
    Matrix guides = Matrix.joinColumns(erased.stream().map(Erasure::guides).toList());
    double[] roots = roots(erased);
    Matrix c = targets.timesDiagonal(roots); // C·√E: then A = λI + (C√E)(C√E)ᵀ + (P√p)(P√p)ᵀ
    List<Matrix> all = new ArrayList<>(List.of(c));
    for (PreservedEmbeddings keep : kept) {
      all.add(keep.columns().times(Math.sqrt(keep.scale())));
    }
    Matrix right = inverseTimes(Matrix.joinColumns(all), c.columns(), lambda); // (C√E)ᵀ·A⁻¹
    Matrix left = guides.minus(targets).timesDiagonal(roots);
    return new Solution(new InputUpdate(left, right).compact(), erased, kept);
  }

  /**
   * The first {@code count} rows of VᵀA⁻¹, A = λI + VVᵀ (d × d).
   *
   * @param v V (d × n)
   */
  private static Matrix inverseTimes(Matrix v, int count, double lambda) {
    int n = v.columns();
    if (n >= v.rows()) {
      Matrix a = v.transposed().inner().plusDiagonal(lambda);
      return new Cholesky(a).solve(v.columns(0, count)).transposed();
    }
    // VᵀA⁻¹ = (λI + VᵀV)⁻¹Vᵀ, and the inverse is symmetric: its first columns are its first rows.
    Matrix gram = v.inner().plusDiagonal(lambda);
    Matrix columns = new Cholesky(gram).solve(Matrix.identity(n).columns(0, count));
    return columns.transposed().timesTransposed(v);
  }

  private static double[] roots(List<Erasure> erased) {
    return erased.stream()
        .flatMapToDouble(
            erasure -> {
              double[] roots = new double[erasure.targets().columns()];
              Arrays.fill(roots, Math.sqrt(erasure.scale()));
              return Arrays.stream(roots);
            })
        .toArray();
  }

  private static void check(List<Erasure> erased, List<PreservedEmbeddings> kept, double lambda) {
    if (erased.isEmpty()) {
      throw new IllegalArgumentException("a closed-form edit needs at least one concept");
    }
    if (!(lambda > 0 && Double.isFinite(lambda))) {
      throw new IllegalArgumentException("lambda must be above 0, not " + lambda);
    }
    List<Integer> widths = new ArrayList<>();
    erased.forEach(erasure -> widths.add(erasure.targets().rows()));
    kept.forEach(keep -> widths.add(keep.columns().rows()));
    if (widths.stream().distinct().count() > 1) {
      throw new IllegalArgumentException(
          "text embeddings of several widths "
              + widths
              + " cannot be solved together; they are of different text encoders");
    }
  }

  /**
   * What came of a solve.
   *
   * @param edit D by its factors
   * @param erased the concepts
   * @param kept what should stay
   */
  public record Solution(InputUpdate edit, List<Erasure> erased, List<PreservedEmbeddings> kept) {
    /** Copies the lists. */
    public Solution {
      erased = List.copyOf(erased);
      kept = List.copyOf(kept);
    }

    /** {@link Erasure#residual} of each concept, in their order. */
    public double[] residuals() {
      return erased.stream().mapToDouble(erasure -> erasure.residual(edit)).toArray();
    }

    /** {@link PreservedEmbeddings#drift} of each kept part, in their order. */
    public double[] drifts() {
      return kept.stream().mapToDouble(keep -> keep.drift(edit)).toArray();
    }
  }
}
