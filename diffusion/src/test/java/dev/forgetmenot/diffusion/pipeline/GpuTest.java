package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same model on a CUDA device; skipped where the engine sees none. */
@Tag("gpu")
class GpuTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String DEVICE = "cuda:0";

  /** TF32 and other orders of sums, after four steps, as images of 0 to 255. */
  private static final double LIKE_CPU = 1;

  private static final double HALF_LIKE_CPU = 3;

  @BeforeEach
  void needsDevice() throws IOException {
    StableDiffusion.load(MODEL, LoadOptions.defaults()).close(); // starts the engine
    Engine engine = Engine.getEngine("PyTorch");
    assumeTrue(
        engine.getGpuCount() > 0,
        () ->
            "no CUDA device: libtorch "
                + engine.getVersion()
                + " sees 0 of them; docs/gpu.md says which build does");
  }

  @Test
  void weightsLatentsAndConditionsAreOnTheDevice() throws IOException {
    try (StableDiffusion sd = onDevice(ComputePrecision.F32)) {
      List<RgbImage> images = sd.generate(request());
      assertThat(images).hasSize(2);
      sd.engine()
          .run(
              () -> {
                assertThat(sd.pipeline().parts().unet().weights().all())
                    .allMatch(weight -> weight.array().getDevice().equals(Device.gpu(0)));
                try (TextCondition condition = sd.encodePrompts(List.of(sd.tokenize("a fox")))) {
                  assertThat(condition.context().getDevice()).isEqualTo(Device.gpu(0));
                }
                List<NoisyLatents> seen = sd.trajectory(request());
                assertThat(seen).allMatch(one -> one.latents().getDevice().equals(Device.gpu(0)));
                seen.forEach(NoisyLatents::close);
              });
    }
  }

  @Test
  void oneSeedMeansTheSameImageAsOnTheCpu() throws IOException {
    assertThat(difference(ComputePrecision.F32)).isLessThan(LIKE_CPU);
  }

  @Test
  void halfPrecisionDrawsNearlyTheSame() throws IOException {
    assertThat(difference(ComputePrecision.F16)).isLessThan(HALF_LIKE_CPU);
  }

  /** The mean difference of images to those of the CPU, of 255. */
  private static double difference(ComputePrecision precision) throws IOException {
    List<RgbImage> expected;
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      expected = sd.generate(request());
    }
    try (StableDiffusion sd = onDevice(precision)) {
      List<RgbImage> found = sd.generate(request());
      double sum = 0;
      long bytes = 0;
      for (int i = 0; i < found.size(); i++) {
        byte[] a = expected.get(i).rgb();
        byte[] b = found.get(i).rgb();
        for (int j = 0; j < a.length; j++) {
          sum += Math.abs((a[j] & 0xff) - (b[j] & 0xff));
        }
        bytes += a.length;
      }
      return sum / bytes;
    }
  }

  private static StableDiffusion onDevice(ComputePrecision precision) throws IOException {
    return StableDiffusion.load(
        MODEL, LoadOptions.defaults().onDevice(DEVICE).computing(precision));
  }

  private static GenerationRequest request() {
    return GenerationRequest.builder("a photo of a fox")
        .seed(7)
        .count(2)
        .steps(4)
        .guidance(5)
        .sampler("ddim")
        .build();
  }
}
