package dev.forgetmenot.patching.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Products of tiles against the definition, and their bits against how a matrix is cut. */
class ParallelMatmulTest {
  private final SplittableRandom random = new SplittableRandom(3);

  @Test
  void everyShapeIsTheSumThatItStandsFor() {
    for (int out : new int[] {1, 2, 31, 33, 70}) {
      for (int k : new int[] {0, 1, 3, 4, 17, 40}) {
        for (int in : new int[] {1, 5, 48}) {
          Matrix left = matrix(out, k);
          Matrix right = matrix(k, in);
          double[] start = matrix(out, in).rowMajor();
          double[] sum = start.clone();
          ParallelMatmul.add(ParallelMatmul.Tile.of(sum, out, in), left, 0, right);
          for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
              double expected = start[i * in + j];
              for (int f = 0; f < k; f++) {
                expected += left.get(i, f) * right.get(f, j);
              }
              assertThat(sum[i * in + j]).isCloseTo(expected, within(1e-12));
            }
          }
        }
      }
    }
  }

  @Test
  void bitsDoNotHangOnHowAMatrixIsCut() {
    Matrix left = matrix(101, 23);
    Matrix right = matrix(23, 57);
    double[] all = new double[101 * 57];
    ParallelMatmul.add(ParallelMatmul.Tile.of(all, 101, 57), left, 0, right);
    for (int row = 0; row < 101; row++) { // a row is the same whatever rows are beside it
      double[] single = new double[57];
      ParallelMatmul.add(ParallelMatmul.Tile.of(single, 1, 57), left, row, right);
      for (int j = 0; j < 57; j++) {
        assertThat(single[j]).isEqualTo(all[row * 57 + j]);
      }
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    ParallelMatmul.Tile tile = ParallelMatmul.Tile.of(new double[6], 2, 3);
    assertThatThrownBy(() -> ParallelMatmul.add(tile, matrix(2, 4), 0, matrix(3, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 × 3");
    assertThatThrownBy(() -> ParallelMatmul.add(tile, matrix(2, 3), 1, matrix(3, 3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Matrix matrix(int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return Matrix.of(rows, columns, values);
  }
}
