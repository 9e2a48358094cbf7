package dev.forgetmenot.patching.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against matrices whose singular values are known. */
class TruncatedSvdTest {
  private static Matrix random(long seed, int rows, int columns) {
    Random random = new Random(seed);
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }

  /** U·diag(sigma)·Vᵀ with orthonormal U and V. */
  private static Matrix known(int rows, int columns, double... sigma) {
    Matrix u = SingularValues.of(random(1, rows, sigma.length)).u();
    Matrix v = SingularValues.of(random(2, columns, sigma.length)).u();
    return u.timesDiagonal(sigma).timesTransposed(v);
  }

  @ParameterizedTest
  @CsvSource({"40, 30", "30, 400", "400, 30", "300, 260", "260, 700"})
  void findsTheLargestValues(int rows, int columns) {
    Matrix a = known(rows, columns, 7, 5, 2, 1, 0.5).plus(random(3, rows, columns).times(1e-9));
    TruncatedSvd svd = TruncatedSvd.of(a, 3);
    assertThat(svd.sigma()).hasSize(3);
    assertThat(svd.sigma().get(0)).isCloseTo(7, within(1e-6));
    assertThat(svd.sigma().get(2)).isCloseTo(2, within(1e-6));
    Matrix left = a.minus(svd.u().times(svd.right()));
    assertThat(left.norm()).isCloseTo(Math.sqrt(1 + 0.25), within(1e-6));
    assertThat(TruncatedSvd.above(a, 0.7, 30).sigma()).hasSize(4);
    assertThat(TruncatedSvd.above(a, 1e-4, 30).sigma()).hasSize(5);
    assertThat(TruncatedSvd.holding(a, 0.9, 30).sigma()).hasSize(2); // 74 of 79.25
    assertThat(TruncatedSvd.above(a, 100, 30).sigma()).isEmpty();
  }

  /** A tail that has no end is not searched for one; a product with little beside it is found. */
  @Test
  void givesUpWhereNoFewDirectionsCanDo() {
    Matrix strong = known(500, 450, 900, 800, 700);
    Matrix noise = random(5, 500, 450).times(1e-3);
    double left = noise.norm();
    TruncatedSvd found = TruncatedSvd.above(strong.plus(noise), 1, 60, left, 0.5).orElseThrow();
    assertThat(found.sigma()).hasSize(3);
    Matrix tail = strong.plus(random(5, 500, 450));
    assertThat(TruncatedSvd.above(tail, 1, 60, left, 0.5)).isEmpty();
    assertThat(TruncatedSvd.above(random(6, 500, 450), 1, 60, 1e9, 0.5)).isEmpty();
    assertThat(TruncatedSvd.above(tail, 100, 60))
        .satisfies(svd -> assertThat(svd.sigma()).hasSize(3));
  }

  @Test
  void isTheSameEveryTime() {
    Matrix a = random(4, 300, 280);
    assertThat(TruncatedSvd.of(a, 20).right().rowMajor())
        .containsExactly(TruncatedSvd.of(a, 20).right().rowMajor());
  }
}
