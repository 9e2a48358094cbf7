package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.hostile.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Damaged LoRA files are refused or read, and nothing else. For more: {@code ./fmn-fuzz lora}. */
class FuzzLoraRegressionTest {

  @Test
  void seedsAreTakenOver() throws IOException {
    for (byte[] seed : FuzzLora.seeds().subList(0, 4)) {
      try (LoraFile file = LoraFile.read("x", ByteBuffer.wrap(seed))) {
        assertThat(file.modules()).hasSize(1);
      }
    }
  }

  @Test
  void everyByteOfEverySeed() throws IOException {
    for (byte[] seed : FuzzLora.seeds()) {
      FuzzLora.fuzzerTestOneInput(seed);
      for (Damage damage : Damage.flips(seed).toList()) {
        try {
          FuzzLora.fuzzerTestOneInput(damage.bytes());
        } catch (RuntimeException | Error e) {
          throw new AssertionError(damage.what(), e);
        }
      }
    }
  }
}
