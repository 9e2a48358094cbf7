package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineThreadTest {
  @Test
  void runsEverythingOnOneThreadAlsoFromWithin() {
    try (EngineThread engine = EngineThread.start("cpu")) {
      Thread outer = engine.call(Thread::currentThread);
      Thread inner = engine.call(() -> engine.call(Thread::currentThread));
      assertThat(outer).isSameAs(inner).isNotSameAs(Thread.currentThread());
      assertThat(engine.<Boolean, RuntimeException>call(engine::isCurrent)).isTrue();
      assertThat(engine.isCurrent()).isFalse();
      assertThat(engine.device()).isEqualTo(Device.cpu());
    }
  }

  @Test
  void recordsNoGraph() {
    try (EngineThread engine = EngineThread.start("cpu")) {
      boolean graph =
          engine.call(
              () -> {
                try (NDManager manager = engine.newManager()) {
                  NDArray x = manager.create(new float[] {1, 2});
                  x.setRequiresGradient(true);
                  // In-place change of a leaf fails while graphs are recorded.
                  x.muli(2);
                  return x.toFloatArray()[1] != 4;
                }
              });
      assertThat(graph).isFalse();
    }
  }

  @Test
  void handsOnWhatATaskThrows() {
    try (EngineThread engine = EngineThread.start("cpu")) {
      assertThatThrownBy(
              () ->
                  engine.call(
                      () -> {
                        throw new IOException("disk");
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("disk");
      assertThatThrownBy(
              () ->
                  engine.call(
                      () -> {
                        throw new AssertionError("no");
                      }))
          .isInstanceOf(AssertionError.class);
      assertThat(engine.<Integer, RuntimeException>call(() -> 3)).isEqualTo(3);
    }
  }

  @Test
  void keepsAnInterruptForTheCaller() {
    try (EngineThread engine = EngineThread.start("cpu")) {
      Thread.currentThread().interrupt();
      assertThat(engine.<Integer, RuntimeException>call(() -> 3)).isEqualTo(3);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void refusesWorkOnceClosed() {
    EngineThread engine = EngineThread.start("cpu");
    engine.close();
    assertThatThrownBy(() -> engine.call(() -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "cuda:", "cuda:-1", "CPU", "cuda:x", ""})
  void refusesUnknownNames(String name) {
    assertThatThrownBy(() -> EngineThread.start(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpu, cuda or cuda:N");
  }

  @Test
  void refusesMissingDevices() {
    assertThatThrownBy(() -> DeviceNames.parse("cuda:2", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sees 2 CUDA devices");
    assertThat(DeviceNames.parse("cuda:1", 2)).isEqualTo(Device.gpu(1));
    assertThat(DeviceNames.parse("cuda", 1)).isEqualTo(Device.gpu(0));
  }
}
