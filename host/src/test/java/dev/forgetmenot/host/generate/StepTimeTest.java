package dev.forgetmenot.host.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepTimeTest {
  @Test
  void growsWithPixelsStepsImagesAndGuidance() {
    StepTime time = new StepTime(Duration.ofMillis(100), 64);
    GenerationRequest one = GenerationRequest.of("a").sampled("ddim", 10); // guided
    assertThat(time.atLeast(one, 128, 64)).isEqualTo(Duration.ofSeconds(4));
    assertThat(time.atLeast(one.seeds(0, 3), 64, 64)).isEqualTo(Duration.ofSeconds(6));
    GenerationRequest plain = GenerationRequest.builder("a").steps(10).guidance(1).build();
    assertThat(time.atLeast(plain, 128, 128)).isEqualTo(Duration.ofSeconds(4));
    assertThat(StepTime.said(Duration.ofMillis(1234))).isEqualTo("1.2 s");
    assertThat(StepTime.said(Duration.ofSeconds(119))).isEqualTo("119 s");
    assertThat(StepTime.said(Duration.ofMinutes(90))).isEqualTo("90 min");
    assertThat(StepTime.said(Duration.ofMinutes(150))).isEqualTo("2.5 h");
  }

  /** Times depend on the machine and its other work: within a factor of four of an image's. */
  @Test
  void isNearTheTimeOfAnImage() throws IOException {
    try (StableDiffusion model =
        StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults())) {
      GenerationRequest request = GenerationRequest.of("a photo").sampled("ddim", 10);
      model.generate(request.sampled("ddim", 1)); // reads the weights
      long start = System.nanoTime();
      model.generate(request);
      Duration drawn = Duration.ofNanos(System.nanoTime() - start);
      Duration estimate = StepTime.measure(model).atLeast(request, 64, 64);
      assertThat(estimate).isBetween(drawn.dividedBy(4), drawn.multipliedBy(4));
    }
  }
}
