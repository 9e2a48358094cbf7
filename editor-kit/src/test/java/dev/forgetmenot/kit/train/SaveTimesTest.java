package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SaveTimesTest {
  private long now;

  @Test
  void quickStepsAreSavedByTheirNumber() {
    SaveTimes times = new SaveTimes(10, () -> now);
    assertThat(times.due(9)).isFalse();
    assertThat(times.due(10)).isTrue();
  }

  @Test
  void slowStepsAreSavedByTheClock() {
    SaveTimes times = new SaveTimes(50, () -> now);
    now = Duration.ofSeconds(179).toNanos();
    assertThat(times.due(1)).isFalse();
    now = Duration.ofSeconds(181).toNanos();
    assertThat(times.due(2)).isTrue();
    times.saved();
    assertThat(times.due(3)).isFalse();
    now = Duration.ofSeconds(400).toNanos();
    assertThat(times.due(3)).isTrue();
  }
}
