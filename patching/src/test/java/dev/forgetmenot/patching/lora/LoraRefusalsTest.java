package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not a LoRA for the model is refused by name, and nothing of it is imported. */
class LoraRefusalsTest extends LoraFiles {
  private static final String STEM = kohya(KEYS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".a1.weight GLoRA",
        ".oft_blocks OFT",
        ".boft_R BOFT",
        ".lora_embedding_A embedding"
      })
  void otherFormsAreRefusedByName(String endingAndForm) {
    String[] parts = endingAndForm.split(" ", -1);
    SafetensorsWriter writer =
        pair(STEM).add(STEM + parts[0], DType.F32, new long[] {1}, new float[] {1});
    assertThatThrownBy(() -> edits(writer))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(parts[1])
        .hasMessageContaining("fmn patch diff");
  }

  @Test
  void allOrNothing() {
    assertThatThrownBy(
            () -> edits(pair(STEM).add("a.thing", DType.F32, new long[] {1}, new float[] {1})))
        .hasMessageContaining("a.thing");
    assertThatThrownBy(
            () ->
                edits(
                    pair(
                        pair(STEM),
                        "lora_unet_x_y.lora_down.weight",
                        "lora_unet_x_y.lora_up.weight")))
        .hasMessageContaining("lora_unet_x_y")
        .hasMessageContaining("nothing is imported");
    assertThatThrownBy(
            () ->
                edits(pair(pair(STEM), "lora_te2_a.lora_down.weight", "lora_te2_a.lora_up.weight")))
        .hasMessageContaining("second text encoder");
    assertThatThrownBy(
            () ->
                edits(
                    new SafetensorsWriter()
                        .add(
                            STEM + ".lora_down.weight",
                            DType.F32,
                            new long[] {1, 32},
                            new float[32])))
        .hasMessageContaining("one of its two factors");
    assertThatThrownBy(
            () ->
                edits(
                    pair(
                        pair(STEM),
                        "unet." + KEYS + ".lora_A.weight",
                        "unet." + KEYS + ".lora_B.weight")))
        .hasMessageContaining("are the same module");
  }

  @Test
  void shapesRanksAndValuesAreLookedAt() {
    assertThatThrownBy(() -> edits(factors(STEM, new long[] {2, 48}, new long[] {32, 2})))
        .hasMessageContaining("another kind of model")
        .hasMessageContaining("48");
    assertThatThrownBy(() -> edits(factors(STEM, new long[] {2, 32}, new long[] {32, 3})))
        .hasMessageContaining("different ranks");
    assertThatThrownBy(() -> edits(factors(STEM, new long[] {1025, 32}, new long[] {32, 1025})))
        .hasMessageContaining("rank above 1024");
    assertThatThrownBy(() -> edits(factors(STEM, new long[] {64}, new long[] {32, 2})))
        .hasMessageContaining("shapes");
    assertThatThrownBy(() -> edits(factors(STEM, new long[] {0, 32}, new long[] {32, 0})))
        .hasMessageContaining("empty");
    float[] broken = new float[64];
    broken[5] = Float.NaN;
    assertThatThrownBy(
            () ->
                edits(
                    new SafetensorsWriter()
                        .add(STEM + ".lora_down.weight", DType.F32, new long[] {2, 32}, broken)
                        .add(
                            STEM + ".lora_up.weight",
                            DType.F32,
                            new long[] {32, 2},
                            new float[64])))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("not finite");
    assertThatThrownBy(() -> edits(number(pair(STEM), STEM + ".alpha", Double.POSITIVE_INFINITY)))
        .hasMessageContaining("not a scale");
  }

  private static SafetensorsWriter factors(String STEM, long[] down, long[] up) {
    return new SafetensorsWriter()
        .add(STEM + ".lora_down.weight", DType.F32, down, Dense.random(1, down))
        .add(STEM + ".lora_up.weight", DType.F32, up, Dense.random(1, up));
  }

  @Test
  void bytesOfAStrangerGiveADomainErrorOrALora() throws IOException {
    byte[] bytes = number(pair(STEM), STEM + ".alpha", 1).metadata("ss_tag", "x").toBytes();
    int refused = 0;
    for (int at = 0; at < bytes.length - 512; at++) {
      for (int bit : new int[] {0, 3, 6}) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << bit);
        refused += isRefused(flipped) ? 1 : 0;
      }
      refused += isRefused(Arrays.copyOf(bytes, at)) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(bytes.length - 512);
  }

  private static boolean isRefused(byte[] bytes) {
    try (LoraFile file = LoraFile.read("a", ByteBuffer.wrap(bytes))) {
      return LoraImport.edits(file, base, model.originalUNetNames()).isEmpty();
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
      return true;
    }
  }
}
