package dev.forgetmenot.diffusion.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SlerpTest {
  /** Two planes of height 2 and width 1: columns (1, 0) to (0, 1), and (2, 0) to (0, 2). */
  private static final float[] FROM = {1, 0, 2, 0};

  private static final float[] TO = {0, 1, 0, 2};

  @Test
  void goesAlongTheArcOfEachColumn() {
    float[] third = Slerp.between(FROM, TO, 1 / 3.0, 2, 2, 1);
    assertThat(third[0]).isCloseTo((float) Math.cos(Math.PI / 6), Offset.offset(1e-6f));
    assertThat(third[1]).isCloseTo(0.5f, Offset.offset(1e-6f));
    assertThat(third[2]).isCloseTo((float) (2 * Math.cos(Math.PI / 6)), Offset.offset(1e-6f));
    assertThat(Slerp.between(FROM, TO, 0, 2, 2, 1)).containsExactly(FROM, Offset.offset(1e-6f));
    assertThat(Slerp.between(FROM, TO, 1, 2, 2, 1)).containsExactly(TO, Offset.offset(1e-6f));
  }

  @Test
  void columnsRunAlongTheHeight() {
    float[] from = {1, 3, 0, 4}; // height 2, width 2: columns (1, 0) and (3, 4)
    float[] to = {0, -4, 1, 3};
    float[] half = Slerp.between(from, to, 0.5, 1, 2, 2);
    float root = (float) Math.sqrt(0.5);
    assertThat(half)
        .containsExactly(
            new float[] {root, (3 - 4) * root, root, (4 + 3) * root}, Offset.offset(1e-5f));
  }

  @Test
  void equalNoiseStaysAndNumbersStayFinite() {
    assertThat(Slerp.between(FROM, FROM, 0.3, 2, 2, 1)).containsExactly(FROM, Offset.offset(1e-6f));
    float[] mixed = Slerp.between(new float[] {1, 0, 1, 0}, new float[] {1, 0, 0, 1}, 0.5, 2, 2, 1);
    for (float value : mixed) {
      assertThat(value).isFinite();
    }
  }
}
