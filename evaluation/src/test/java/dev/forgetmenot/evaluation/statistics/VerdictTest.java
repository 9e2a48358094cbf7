package dev.forgetmenot.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Count ALL = new Count(64, 64);
  private static final Count FLOOR = new Count(0, 192);

  @Test
  void followsTheTestAgainstTheFloor() {
    assertThat(Verdict.of(ALL, ALL, FLOOR, 0.01)).hasToString("REACHED");
    assertThat(Verdict.of(ALL, ALL, FLOOR, 0.05)).hasToString("NOT REACHED");
  }

  @Test
  void saysNothingWithoutABaseline() {
    assertThat(Verdict.of(new Count(32, 64), ALL, FLOOR, 0.01)).isEqualTo(Verdict.NO_BASELINE);
    assertThat(Verdict.of(ALL, new Count(44, 64), FLOOR, 0.01)).isEqualTo(Verdict.NO_BASELINE);
    assertThat(Verdict.of(ALL, ALL, new Count(96, 192), 0.01)).isEqualTo(Verdict.NO_BASELINE);
  }

  @Test
  void saysWhyThereIsNoBaseline() {
    Count half = new Count(96, 192);
    assertThat(Verdict.noBaseline(ALL, ALL, FLOOR)).isEmpty();
    assertThat(Verdict.noBaseline(new Count(20, 64), ALL, FLOOR))
        .hasValue("the original shows it in 20/64");
    assertThat(Verdict.noBaseline(new Count(2, 2), ALL, FLOOR))
        .hasValue("too few images: the original shows it in 2/2");
    assertThat(Verdict.noBaseline(ALL, new Count(44, 64), FLOOR))
        .hasValue("the judge is right on 44/64 of the original");
    assertThat(Verdict.noBaseline(ALL, ALL, half)).hasValue("other images are called it in 96/192");
  }

  @Test
  void countsAreWhatCanBeCounted() {
    assertThat(new Count(0, 0).clopperPearson()).isEqualTo(new Interval(0, 1));
    assertThat(new Count(3, 64).rest()).isEqualTo(new Count(61, 64));
    assertThatThrownBy(() -> new Count(3, 2)).hasMessageContaining("3 of 2");
    assertThatThrownBy(() -> new Interval(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pairedTestsHaveADirection() {
    assertThat(ExactTest.mcNemarGreater(6, 0)).isEqualTo(Math.pow(0.5, 6));
    assertThat(ExactTest.mcNemarGreater(0, 6)).isEqualTo(1);
    assertThat(ExactTest.mcNemarGreater(0, 0)).isEqualTo(1);
  }
}
