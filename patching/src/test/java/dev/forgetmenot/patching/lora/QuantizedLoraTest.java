package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA files whose factors are whole numbers that stand for others. */
class QuantizedLoraTest {
  private static final String STEM =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
  private static final String DOWN = STEM + ".lora_down.weight";

  @TempDir Path folder;

  private static SafetensorsWriter factors(DType dtype) {
    ByteBuffer down = ByteBuffer.allocate(64 * dtype.bytes());
    ByteBuffer up = ByteBuffer.allocate(64 * dtype.bytes());
    return new SafetensorsWriter()
        .add(DOWN, dtype, new long[] {2, 32}, down)
        .add(STEM + ".lora_up.weight", dtype, new long[] {32, 2}, up);
  }

  private static void refused(SafetensorsWriter writer, String what) {
    assertThatThrownBy(() -> LoraFile.read("a.safetensors", ByteBuffer.wrap(writer.toBytes())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a.safetensors")
        .hasMessageContaining("quantized (" + what)
        .hasMessageContaining("save it in float16, bfloat16 or float32");
  }

  @Test
  void wholeNumbersAreNoFactors() {
    refused(factors(DType.I8), DOWN + " is I8");
    refused(factors(DType.U8), DOWN + " is U8"); // NF4 packs two values into a byte
    refused(factors(DType.I32), DOWN + " is I32");
  }

  /** What bitsandbytes, GPTQ, ComfyUI and others keep beside the values. */
  @ParameterizedTest
  @CsvSource({
    ".SCB, F32",
    ".lora_down.weight.SCB, F32",
    ".lora_down.weight.absmax, F32",
    ".lora_down.weight.quant_map, F32",
    ".lora_down.weight.quant_state.bitsandbytes__nf4, U8",
    ".lora_down.weight.quant_state.bitsandbytes__fp4, U8",
    ".lora_down.qweight, I32",
    ".lora_down.scales, F16",
    ".lora_down.weight_scale, F32",
    ".lora_down.scale_weight, F32",
  })
  void theirScalesTellThem(String ending, DType dtype) {
    ByteBuffer one = ByteBuffer.allocate(dtype.bytes());
    refused(factors(DType.F32).add(STEM + ending, dtype, new long[] {1}, one), STEM + ending);
  }

  @Test
  void aFileOfGgufIsNamed() throws IOException {
    Path file = folder.resolve("lora.safetensors");
    byte[] head = "GGUF\3\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(4096).put(head);
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> LoraFile.read(file))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("GGUF");
    assertThat(file).hasSize(4096);
  }
}
