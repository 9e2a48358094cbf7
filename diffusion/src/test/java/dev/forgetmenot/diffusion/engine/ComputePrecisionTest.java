package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputePrecisionTest {
  @TempDir private Path root;

  private void processor(String flags) throws IOException {
    Path file = root.resolve("proc/cpuinfo");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "processor\t: 0\nmodel\t: x\nflags\t\t: fpu " + flags + " end\n");
  }

  @ParameterizedTest
  @CsvSource({
    "avx2 avx512f, cpu, f32-autotune (the processor has avx2 and names no instructions for bf16)",
    "asimd, cpu, f32 (the processor names no instructions for more)",
    "avx512_bf16, cpu, bf16 (the processor has avx512_bf16)",
    "avx512_bf16 amx_tile amx_bf16, cpu, bf16 (the processor has amx_bf16)",
    "avx512_bf16, cuda:0, f32 (auto takes fewer bits on a CPU alone)",
  })
  void autoAsksTheProcessor(String flags, String device, String expected) throws IOException {
    processor(flags);
    assertThat(ComputePrecision.AUTO.on(device, root)).hasToString(expected);
  }

  @Test
  void withoutAnswerAutoStaysAtFloat32() {
    assertThat(ComputePrecision.AUTO.on("cpu", root).precision()).isEqualTo(ComputePrecision.F32);
  }

  @Test
  void halfPrecisionIsRefusedWhereItWouldBeSlow() throws IOException {
    processor("avx512_bf16");
    assertThatThrownBy(() -> ComputePrecision.F16.on("cpu", root))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("f16")
        .hasMessageContaining("--weight-dtype half");
    processor("avx512_fp16");
    assertThat(ComputePrecision.F16.on("cpu", root).precision()).isEqualTo(ComputePrecision.F16);
    processor("");
    assertThat(ComputePrecision.F16.on("cuda", root)).hasToString("f16 (as asked for)");
  }
}
