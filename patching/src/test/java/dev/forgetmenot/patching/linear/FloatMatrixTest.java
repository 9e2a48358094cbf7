package dev.forgetmenot.patching.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of floats in tiles against those of the same values in double. */
class FloatMatrixTest {
  private final Random random = new Random(5);

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Matrix matrix(int rows, int columns) {
    return Matrix.of(rows, columns, floats(rows * columns));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 300, 3", "300, 5, 2", "129, 257, 26", "128, 256, 1", "131, 17, 40"})
  void areThoseInDouble(int rows, int columns, int k) {
    float[] values = floats(rows * columns);
    FloatMatrix a = new FloatMatrix(rows, values);
    Matrix dense = Matrix.of(rows, columns, values);
    assertThat(a.dense().minus(dense).norm()).isZero();
    assertThat(a.norm()).isCloseTo(dense.norm(), within(1e-12 * dense.norm()));
    Matrix right = matrix(columns, k);
    Matrix left = matrix(rows, k);
    near(a.times(right), dense.times(right));
    near(a.transposedTimes(left), dense.transposed().times(left));
    Matrix rest = dense.minus(left.times(right.transposed()));
    assertThat(a.residual(left, right.transposed()))
        .isCloseTo(rest.norm(), within(1e-12 * rest.norm()));
    double[] sum = matrix(rows, columns).rowMajor();
    Matrix expected = Matrix.of(rows, columns, sum).plus(dense.times(0.5));
    a.addTo(ParallelMatmul.Tile.of(sum, rows, columns), 0, 0.5);
    near(Matrix.of(rows, columns, sum), expected);
  }

  private static void near(Matrix found, Matrix expected) {
    assertThat(found.minus(expected).norm()).isLessThan(1e-12 * (1 + expected.norm()));
  }

  @Test
  void bitsDoNotHangOnThreads() throws Exception {
    FloatMatrix a = new FloatMatrix(400, floats(400 * 500));
    Matrix right = matrix(500, 9);
    double[] all = a.times(right).rowMajor();
    double residual = a.residual(a.times(right), right.transposed());
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      assertThat(one.submit(() -> a.times(right).rowMajor()).get()).isEqualTo(all);
      assertThat(one.submit(() -> a.residual(a.times(right), right.transposed())).get())
          .isEqualTo(residual);
    } finally {
      one.shutdown();
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new FloatMatrix(3, new float[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not 3 rows");
    FloatMatrix a = new FloatMatrix(2, new float[6]);
    assertThatThrownBy(() -> a.times(matrix(2, 1))).isInstanceOf(IllegalArgumentException.class);
  }
}
