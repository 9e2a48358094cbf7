package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What tells columns from kept ones, by what it promises. */
class ObliqueReadingTest {
  private static final int WIDTH = 24;
  private static final double EXACT = 1e-10;

  private final SplittableRandom random = new SplittableRandom(11);
  private final Matrix second = ObliqueProjector.of(matrix(60, WIDTH), 1e-2).second();
  private final Matrix columns = matrix(WIDTH, 6);
  private final Matrix kept = matrix(WIDTH, 5);

  private Matrix matrix(int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() * 2 - 1;
    }
    return Matrix.of(rows, columns, values);
  }

  /** tr(D·S·Dᵀ): how much general text is changed. */
  private double change(Matrix difference) {
    return difference.times(second).dot(difference);
  }

  @Test
  void keptColumnsAreNotRead() {
    for (int rank = 1; rank <= 6; rank++) {
      ObliqueReading reading = ObliqueReading.of(second, columns, kept, rank);
      assertThat(reading.rows().rows()).isEqualTo(rank);
      assertThat(reading.rows().times(kept).norm()).isLessThan(EXACT);
      assertThat(reading.moving(matrix(WIDTH, 6)).difference().times(kept).norm())
          .isLessThan(EXACT);
    }
  }

  @Test
  void columnsMoveAsFarAsTheCoordinatesTellThemApart() {
    Matrix amounts = matrix(WIDTH, 6);
    for (int rank = 1; rank <= 6; rank++) {
      ObliqueReading reading = ObliqueReading.of(second, columns, kept, rank);
      Matrix v = reading.coordinates();
      assertThat(v.columns()).isEqualTo(rank);
      assertThat(v.transposedTimes(v).minus(Matrix.identity(rank)).norm()).isLessThan(EXACT);
      assertThat(reading.rows().times(columns).minus(v.transposed()).norm()).isLessThan(EXACT);
      Matrix moved = reading.moving(amounts).difference().times(columns);
      assertThat(moved.minus(amounts.times(v).timesTransposed(v)).norm()).isLessThan(EXACT);
    }
    Matrix whole =
        ObliqueReading.of(second, columns, kept, 6).moving(amounts).difference().times(columns);
    assertThat(whole.minus(amounts).norm()).as("all directions").isLessThan(EXACT);
  }

  @Test
  void takingTheColumnsAwayIsTheObliqueProjector() {
    Matrix projector = new ObliqueProjector(second).solve(columns, kept).difference();
    Matrix reading =
        ObliqueReading.of(second, columns, kept, 6).moving(columns.times(-1)).difference();
    assertThat(reading.minus(projector).norm()).isLessThan(EXACT * projector.norm());
  }

  @Test
  void noOtherChangeOfTheSameEffectChangesGeneralTextLess() {
    Subspace held = Subspace.of(kept.beside(columns), 0);
    for (int rank : new int[] {2, 6}) {
      Matrix least =
          ObliqueReading.of(second, columns, kept, rank).moving(matrix(WIDTH, 6)).difference();
      for (int i = 0; i < 20; i++) {
        // X·K = 0 and X·C = 0: nothing that must be so is different
        Matrix free = held.off(matrix(WIDTH, WIDTH)).transposed().times(i % 2 == 0 ? 0.01 : 1);
        assertThat(free.times(columns).norm()).isLessThan(EXACT);
        assertThat(change(least.plus(free))).isGreaterThan(change(least));
        assertThat(change(least.minus(free))).isGreaterThan(change(least));
      }
    }
  }

  @Test
  void thereAreNoMoreDirectionsThanTheColumnsHave() {
    Matrix twice = columns.columns(0, 2).beside(columns.columns(0, 2));
    ObliqueReading reading = ObliqueReading.of(second, twice, kept, 4);
    assertThat(reading.rows().rows()).isEqualTo(2);
    ObliqueReading partly = ObliqueReading.of(second, columns, columns.columns(0, 4), 6);
    assertThat(partly.rows().rows()).isEqualTo(2);
    assertThat(partly.rows().times(columns.columns(0, 4)).norm()).isLessThan(EXACT);
  }

  @Test
  void nothingNeedsToBeKept() {
    ObliqueReading reading = ObliqueReading.of(second, columns, Matrix.zeros(WIDTH, 0), 6);
    Matrix moved = reading.moving(columns).difference().times(columns);
    assertThat(moved.minus(columns).norm()).isLessThan(EXACT);
  }

  @Test
  void whatIsKeptMustNotHoldTheColumns() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObliqueReading.of(second, columns, kept.beside(columns), 3))
        .withMessageContaining("holds all of the concept: 11 kept directions of 24")
        .withMessageContaining("keep fewer phrases");
  }
}
