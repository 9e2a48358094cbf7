package dev.forgetmenot.patching.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The joint solve by what it promises, beside the reference numbers. */
class UceSolverTest {
  private final SplittableRandom random = new SplittableRandom(5);

  /** The minimum of the objective: its gradient over D is zero. */
  @Test
  void theObjectiveIsAtItsMinimum() {
    for (int d : new int[] {6, 40}) { // by d × d, and by Woodbury
      List<Erasure> erased = List.of(erasure(d, 3, 1), erasure(d, 2, 0.3));
      List<PreservedEmbeddings> kept = List.of(new PreservedEmbeddings("kept", matrix(d, 4), 2));
      double lambda = 0.5;
      Matrix difference = UceSolver.solve(erased, kept, lambda).edit().difference();
      Matrix gradient = difference.times(lambda);
      for (Erasure erasure : erased) {
        Matrix miss =
            erasure.targets().plus(difference.times(erasure.targets())).minus(erasure.guides());
        gradient = gradient.plus(miss.timesTransposed(erasure.targets()).times(erasure.scale()));
      }
      Matrix moved = difference.times(kept.get(0).columns()).times(2);
      gradient = gradient.plus(moved.timesTransposed(kept.get(0).columns()));
      assertThat(gradient.norm()).as("width " + d).isLessThan(1e-11);
    }
  }

  @Test
  void aSmallLambdaMakesEveryConceptItsGuideAndSumsOfSingleSolvesDoNot() {
    int d = 64;
    List<Erasure> erased = new ArrayList<>();
    Matrix common = matrix(d, 1).times(3); // text embeddings have much in common
    for (int i = 0; i < 20; i++) {
      erased.add(new Erasure("c" + i, matrix(d, 1).plus(common), matrix(d, 1).plus(common), 1));
    }
    UceSolver.Solution joint = UceSolver.solve(erased, List.of(), 1e-6);
    assertThat(Arrays.stream(joint.residuals()).max().orElseThrow()).isLessThan(1e-4);
    Matrix changes =
        erased.stream()
            .map(erasure -> UceSolver.solve(List.of(erasure), List.of(), 1e-6).edit().difference())
            .reduce(Matrix::plus)
            .orElseThrow();
    InputUpdate sum = new InputUpdate(changes, Matrix.identity(d));
    assertThat(erased).allMatch(erasure -> erasure.residual(sum) > 0.5);
  }

  @Test
  void theConditionOfFewFactorsIsThatOfTheWholeMatrix() {
    for (int k : new int[] {1, 3, 9}) {
      InputUpdate edit = new InputUpdate(matrix(20, k), matrix(k, 20));
      double[] sigma = SingularValues.sigma(edit.difference().plusDiagonal(1));
      assertThat(edit.condition()).isCloseTo(sigma[0] / sigma[19], within(1e-9 * sigma[0]));
    }
    Matrix x = matrix(20, 1);
    InputUpdate projector = new InputUpdate(x.times(-1 / (x.norm() * x.norm())), x.transposed());
    assertThat(projector.condition()).isGreaterThan(1e14);
  }

  @Test
  void singularVectorsRebuildTheMatrixAndHaveASign() {
    for (int n : new int[] {3, 9, 30}) {
      Matrix a = matrix(9, n);
      SingularValues svd = SingularValues.of(a);
      Matrix us =
          svd.u().timesDiagonal(svd.sigma().stream().mapToDouble(Double::doubleValue).toArray());
      assertThat(us.timesTransposed(us).minus(a.timesTransposed(a)).norm()).isLessThan(1e-12);
      assertThat(svd.sigma()).isSortedAccordingTo((x, y) -> Double.compare(y, x));
      for (int column = 0; column < svd.u().columns(); column++) {
        double[] u = svd.u().column(column);
        double largest = 0;
        for (double value : u) {
          largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        assertThat(largest).isPositive();
      }
    }
  }

  @Test
  void theChangeOfAWeightIsItsProduct() {
    InputUpdate edit = new InputUpdate(matrix(5, 2), matrix(2, 5));
    float[] weight = new float[15];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) random.nextDouble(-1, 1);
    }
    double[] change = edit.change(weight);
    double expected = 0;
    for (int i = 0; i < 5; i++) {
      expected += (double) weight[10 + i] * edit.difference().get(i, 3);
    }
    assertThat(change[13]).isCloseTo(expected, within(1e-12));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Erasure("x", matrix(4, 2), matrix(4, 1), 1))
        .withMessageContaining("each target needs a guide");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UceSolver.solve(List.of(erasure(4, 1, 1)), List.of(), 0))
        .withMessageContaining("lambda");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                UceSolver.solve(
                    List.of(erasure(4, 1, 1)),
                    List.of(new PreservedEmbeddings("k", matrix(5, 1), 1)),
                    1))
        .withMessageContaining("different text encoders");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Matrix.of(1, 1, new double[] {Double.NaN}))
        .withMessageContaining("finite");
  }

  private Erasure erasure(int d, int n, double scale) {
    return new Erasure("c", matrix(d, n), matrix(d, n), scale);
  }

  private Matrix matrix(int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return Matrix.of(rows, columns, values);
  }
}
