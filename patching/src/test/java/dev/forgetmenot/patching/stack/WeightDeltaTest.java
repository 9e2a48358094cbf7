package dev.forgetmenot.patching.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Changes in every form against the whole matrices that they stand for. */
class WeightDeltaTest {
  private static final int OUT = 90;
  private static final int IN = 70;

  private final SplittableRandom random = new SplittableRandom(4);

  private Matrix matrix(int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return Matrix.of(rows, columns, values);
  }

  private List<WeightDelta> changes() {
    return List.of(
        new WeightDelta.Factors(matrix(OUT, 3), matrix(3, IN)),
        new WeightDelta.Factors(matrix(OUT, 20), matrix(20, IN)),
        new WeightDelta.Values(new FloatMatrix(OUT, matrix(OUT, IN).rowMajorFloats()), -0.5),
        new WeightDelta.SomeRows(List.of(0L, 7L, 89L), matrix(3, IN), OUT));
  }

  @Test
  void normsProductsAndSumsAreThoseOfTheWhole() throws IOException {
    Matrix columns = matrix(IN, 4);
    for (WeightDelta a : changes()) {
      Matrix whole = a.dense();
      assertThat(a.norm()).isCloseTo(whole.norm(), within(1e-9));
      assertThat(a.times(columns).minus(whole.times(columns)).norm()).isLessThan(1e-9);
      Matrix weight = matrix(OUT, IN).roundedToFloat();
      DeltaAccumulator sum = new DeltaAccumulator(OUT, weight.rowMajorFloats());
      a.addTo(sum);
      double[] sums = new double[OUT * IN];
      sum.forEachStrip((first, some) -> System.arraycopy(some, 0, sums, first, some.length));
      assertThat(Matrix.of(OUT, IN, sums).minus(weight.plus(whole)).norm()).isLessThan(1e-9);
      assertThat(sum.rounded()).isEqualTo(Matrix.of(OUT, IN, sums).rowMajorFloats());
      for (WeightDelta b : changes()) {
        assertThat(a.dot(b)).isCloseTo(whole.dot(b.dense()), within(1e-9));
      }
    }
    List<WeightDelta> all = changes();
    Matrix sum = all.get(0).dense();
    for (WeightDelta change : all.subList(1, all.size())) {
      sum = sum.plus(change.dense());
    }
    assertThat(WeightDelta.sum(all).dense().minus(sum).norm()).isLessThan(1e-9);
    WeightDelta factors = WeightDelta.sum(all.subList(0, 2));
    assertThat(factors).isInstanceOf(WeightDelta.Factors.class);
    assertThat(factors.dense().minus(all.get(0).dense()).minus(all.get(1).dense()).norm())
        .isLessThan(1e-9);
  }

  /** The input directions are those on which a change is largest. */
  @Test
  void inputDirectionsHoldWhatTheChangeReads() {
    for (WeightDelta change : changes()) {
      Matrix q = change.inputs(16);
      int r = q.columns();
      assertThat(r).isBetween(3, 16);
      assertThat(q.transposedTimes(q).minus(Matrix.identity(r)).norm()).isLessThan(1e-9);
    }
    WeightDelta thin = new WeightDelta.Factors(matrix(OUT, 3), matrix(3, IN));
    Matrix q = thin.inputs(16);
    assertThat(q.columns()).isEqualTo(3);
    Matrix whole = thin.dense();
    assertThat(whole.times(q).timesTransposed(q).minus(whole).norm()).isLessThan(1e-9);

    // A large change with two strong directions: found by products alone.
    Matrix strong = matrix(OUT, 2).times(50).times(matrix(2, IN));
    Matrix found = new WeightDelta.Values(strong.plus(matrix(OUT, IN)), 1).inputs(16).columns(0, 2);
    double kept = strong.times(found).norm() / strong.norm();
    assertThat(kept).isGreaterThan(0.999);
  }

  @Test
  void anglesBetweenSpaces() {
    Matrix axes = Matrix.identity(4);
    Matrix a = axes.columns(0, 2);
    double angle = Math.PI / 6;
    Matrix b = Matrix.of(4, 2, new double[] {Math.cos(angle), 0, 0, 0, Math.sin(angle), 0, 0, 1});
    double[] cosines = PrincipalAngles.cosines(a, b);
    assertThat(cosines).hasSize(2);
    assertThat(cosines[0]).isCloseTo(Math.cos(angle), within(1e-12));
    assertThat(cosines[1]).isCloseTo(0, within(1e-12));
    assertThat(PrincipalAngles.cosines(a, Matrix.zeros(4, 0))).isEmpty();
  }
}
