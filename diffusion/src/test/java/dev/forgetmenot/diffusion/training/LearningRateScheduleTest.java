package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.LearningRateSchedule.Shape;
import org.junit.jupiter.api.Test;

/** Against what diffusers 0.42.1 gives for a learning rate of 1. */
class LearningRateScheduleTest {
  private static void check(Shape shape, int warmup, int steps, double... expected) {
    LearningRateSchedule schedule = new LearningRateSchedule(shape, warmup, steps);
    for (int done = 0; done < expected.length; done++) {
      assertThat(schedule.factor(done))
          .as("%s after %s steps", shape, done)
          .isCloseTo(expected[done], within(1e-15));
    }
  }

  @Test
  void followsDiffusers() {
    check(Shape.CONSTANT, 0, 3, 1, 1, 1, 1);
    check(Shape.CONSTANT_WITH_WARMUP, 3, 10, 0, 1.0 / 3, 2.0 / 3, 1, 1, 1);
    check(Shape.LINEAR, 0, 4, 1, 0.75, 0.5, 0.25, 0);
    check(
        Shape.LINEAR,
        3,
        10,
        0,
        1.0 / 3,
        2.0 / 3,
        1,
        0.8571428571428571,
        0.7142857142857143,
        0.5714285714285714,
        0.42857142857142855,
        0.2857142857142857,
        0.14285714285714285,
        0,
        0);
    check(
        Shape.COSINE,
        3,
        10,
        0,
        1.0 / 3,
        2.0 / 3,
        1,
        0.9504844339512095,
        0.8117449009293668,
        0.6112604669781572,
        0.38873953302184283,
        0.18825509907063326,
        0.04951556604879048,
        0);
  }

  @Test
  void wrongNumbersAndWordsAreNamed() {
    assertThat(Shape.of("cosine")).isEqualTo(Shape.COSINE);
    assertThat(Shape.CONSTANT_WITH_WARMUP.word()).isEqualTo("constant_with_warmup");
    assertThatThrownBy(() -> Shape.of("polynomial")).hasMessageContaining("'polynomial'");
    assertThatThrownBy(() -> new LearningRateSchedule(Shape.CONSTANT, 3, 10))
        .hasMessageContaining("constant_with_warmup");
    assertThatThrownBy(() -> new LearningRateSchedule(Shape.LINEAR, -1, 10))
        .hasMessageContaining("-1");
  }
}
