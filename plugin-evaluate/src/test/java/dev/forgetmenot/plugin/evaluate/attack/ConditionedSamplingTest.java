package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop of attacks draws what the model's own draws, where they change nothing. */
class ConditionedSamplingTest {
  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sdxl-tiny"})
  void drawsTheModelsImages(String fixture) throws IOException {
    GenerationRequest settings =
        GenerationRequest.builder("").sampler("ddim").steps(4).guidance(7.5).count(1).build();
    List<GenerationRequest> requests =
        Stream.of("", "", "a boat")
            .map(negative -> settings.toBuilder().negativePrompt(negative).build())
            .toList();
    try (StableDiffusion sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/" + fixture + "/model"),
            LoadOptions.defaults())) {
      for (int i = 0; i < requests.size(); i++) {
        GenerationRequest one = requests.get(i).prompted("a castle " + i).seeds(i, 1);
        RgbImage expected = sd.generate(one).get(0);
        RgbImage drawn =
            sd.engine()
                .call(
                    () ->
                        new ConditionedSampling(sd, List.of(one))
                            .draw(UnaryOperator.identity())
                            .get(0));
        assertThat(difference(drawn, expected)).as(one.negativePrompt()).isLessThanOrEqualTo(1);
      }
    }
  }

  private static int difference(RgbImage one, RgbImage other) {
    byte[] a = one.rgb();
    byte[] b = other.rgb();
    assertThat(a).hasSameSizeAs(b);
    int largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return largest;
  }
}
