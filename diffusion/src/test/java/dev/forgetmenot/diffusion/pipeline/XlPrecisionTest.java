package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model with two text encoders, computed in other precisions than FLOAT32. */
class XlPrecisionTest {
  private static final Path FIXTURES = GoldenFolders.inProject("testkit/fixtures");
  private static final Path MODEL = FIXTURES.resolve("sdxl-tiny/model");

  @TempDir Path temp;

  @Test
  void aVaeThatOverflowsInHalfPrecisionIsComputedInFloat32() throws IOException {
    Path plain = GoldenFolders.copy(MODEL, temp.resolve("plain"));
    Path config = plain.resolve("vae/config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"force_upcast\": true", "\"force_upcast\": false"));
    assertThat(upcast(MODEL, ComputePrecision.F16)).isTrue();
    assertThat(upcast(MODEL, ComputePrecision.BF16)).as("has the range of FLOAT32").isFalse();
    assertThat(upcast(plain, ComputePrecision.F16)).as("its configuration says so").isFalse();
    assertThat(upcast(FIXTURES.resolve("sd1-tiny/model"), ComputePrecision.F16)).isFalse();
  }

  private static boolean upcast(Path model, ComputePrecision precision) throws IOException {
    try (EngineThread engine = EngineThread.start("cpu");
        ModelOnDisk stored = ModelOnDisk.open(model)) {
      return engine.<Boolean, IOException>call(
          () -> {
            try (TorchScriptOps ops = TorchScriptOps.create(engine, precision)) {
              return ModelComponents.ofVae(ops, precision, stored.parts()) != ops;
            }
          });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ComputePrecision.class,
      names = {"BF16", "F32_PACKED", "F32_AUTOTUNE", "AUTO"})
  void imagesAreNearThoseOfFloat32(ComputePrecision precision) throws IOException {
    byte[] expected = drawn(ComputePrecision.F32);
    byte[] found = drawn(precision);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.abs((found[i] & 0xff) - (expected[i] & 0xff));
    }
    double mean = sum / expected.length;
    System.err.printf("measured: XL image %s: %.3f of 255%n", precision, mean);
    assertThat(mean).isLessThan(precision.name().startsWith("F32") ? 0.1 : 3);
  }

  private static byte[] drawn(ComputePrecision precision) throws IOException {
    try (StableDiffusion sd =
        StableDiffusion.load(MODEL, LoadOptions.defaults().computing(precision))) {
      GenerationRequest request =
          GenerationRequest.of("a castle").sampled("ddim", 3).toBuilder()
              .width(32)
              .height(32)
              .build();
      return sd.generate(request).get(0).rgb();
    }
  }
}
