package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.util.ArrayList;
import java.util.List;

/**
 * RECE (Gong, Chen, Wei, Chen and Jiang, "Reliable and Efficient Concept Erasure", arXiv
 * 2407.12383): after an edit, the text embedding that still gives the concept's keys and values,
 *
 * <pre>c' = (λ'I + Σ W'ᵀW')⁻¹ (Σ W'ᵀW) c</pre>
 *
 * is a target itself, with the concept's guide, round after round. All rounds are one joint solve,
 * and since W' = W(I + D), Σ W'ᵀW' = (I + D)ᵀM(I + D) with M = Σ WᵀW: the weights are read once.
 *
 * @param gram M (d × d) of the weights that are edited
 * @param adversarialLambda λ', above 0
 * @param rounds at least 1
 */
public record ReceSolver(Matrix gram, double adversarialLambda, int rounds) {
  /** Checks the numbers. */
  public ReceSolver {
    if (!(adversarialLambda > 0) || rounds < 1) {
      throw new IllegalArgumentException(
          "adversarial rounds need a lambda above 0 and at least one round, not "
              + adversarialLambda
              + " and "
              + rounds);
    }
  }

  /** The sum of WᵀW over weights (out × d), any number of rows each. */
  public static Matrix gram(Iterable<Matrix> weights) {
    Matrix sum = null;
    for (Matrix weight : weights) {
      Matrix inner = weight.inner();
      sum = sum == null ? inner : sum.plus(inner);
    }
    if (sum == null) {
      throw new IllegalArgumentException("there is no weight to edit");
    }
    return sum;
  }

  /**
   * Solves.
   *
   * @return the last joint solve; each of its concepts has its own targets, then those of each
   *     round, every one with the concept's guides again
   */
  public UceSolver.Solution solve(
      List<Erasure> erased, List<PreservedEmbeddings> kept, double lambda) {
    List<Erasure> grown = erased;
    UceSolver.Solution solution = UceSolver.solve(grown, kept, lambda);
    Matrix concepts = Matrix.joinColumns(erased.stream().map(Erasure::targets).toList());
    for (int round = 0; round < rounds; round++) {
      Matrix ways = adversarial(solution.edit(), concepts);
      List<Erasure> next = new ArrayList<>();
      int column = 0;
      for (int i = 0; i < erased.size(); i++) {
        Erasure first = erased.get(i);
        Erasure so = grown.get(i);
        int end = column + first.targets().columns();
        next.add(
            new Erasure(
                so.label(),
                so.targets().beside(ways.columns(column, end)),
                so.guides().beside(first.guides()),
                so.scale()));
        column = end;
      }
      grown = next;
      solution = UceSolver.solve(grown, kept, lambda);
    }
    return solution;
  }

  /** c' of each column. */
  Matrix adversarial(InputUpdate edit, Matrix columns) {
    Matrix edited = gram.plus(gram.times(edit.left()).times(edit.right())); // M(I + D)
    Matrix both = edited.plus(edit.right().transposed().times(edit.left().transposedTimes(edited)));
    Matrix right = edited.transposedTimes(columns); // (I + D)ᵀM c, M being symmetric
    return new Cholesky(both.plusDiagonal(adversarialLambda)).solve(right);
  }
}
