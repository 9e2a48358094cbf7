package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weighted and long prompts against what they are composed of, on the tiny model. */
class PromptEncoderTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static StableDiffusion sd;

  @BeforeAll
  static void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  private static GenerationRequest request(boolean weights) {
    return GenerationRequest.builder("").promptWeights(weights).build();
  }

  private static float[] encoded(String prompt, boolean weights) {
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager();
                  TextCondition encoded =
                      PromptEncoder.of(request(weights), sd.pipeline().parts())
                          .encode(prompt, manager)) {
                return encoded.context().toFloatArray();
              }
            });
  }

  @Test
  void plainWordsGiveTheSameBitsBothWays() {
    for (String prompt : List.of("", "a photo of merlin, at 10:30")) {
      assertThat(encoded(prompt, true)).isEqualTo(encoded(prompt, false));
    }
  }

  @Test
  void rowsAreWeighedAndTheMeanIsKept() {
    float[] plain = encoded("a red fox", false);
    float[] weighted = encoded("a (red:1.5) fox", true);
    int width = plain.length / 77;
    double[] expected = new double[plain.length];
    for (int i = 0; i < plain.length; i++) {
      expected[i] = plain[i] * (i / width == 2 ? 1.5 : 1); // begin, a, red
    }
    double ratio = mean(plain) / Arrays.stream(expected).average().orElseThrow();
    assertThat(ratio).isNotCloseTo(1, Offset.offset(1e-4)); // so that a missing one is seen
    for (int i = 0; i < plain.length; i++) {
      assertThat((double) weighted[i]).isCloseTo(expected[i] * ratio, Offset.offset(1e-5));
    }
    assertThat(mean(weighted)).isCloseTo(mean(plain), Offset.offset(1e-6));
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Test
  void chunksStandOneAfterAnother() {
    float[] both = encoded("a fox BREAK (a castle:0.7)", true);
    float[] first = encoded("a fox", false);
    float[] second = encoded("(a castle:0.7)", true);
    assertThat(both).hasSize(first.length + second.length);
    assertThat(Arrays.copyOf(both, first.length)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(both, first.length, both.length)).isEqualTo(second);
  }

  @Test
  void shorterPromptsArePaddedWithTheEmptyOne() {
    float[] fox = encoded("a fox", false);
    float[] empty = encoded("", false);
    float[] padded =
        sd.engine()
            .call(
                () -> {
                  try (NDManager manager = sd.newManager()) {
                    PromptEncoder encoder = PromptEncoder.of(request(true), sd.pipeline().parts());
                    TextCondition plain = encoder.encode("a fox", manager);
                    return encoder.padded(plain, 3 * 77).context().toFloatArray();
                  }
                });
    assertThat(padded).hasSize(3 * fox.length);
    for (int chunk = 0; chunk < 3; chunk++) {
      assertThat(Arrays.copyOfRange(padded, chunk * fox.length, (chunk + 1) * fox.length))
          .isEqualTo(chunk == 0 ? fox : empty);
    }
  }

  @Test
  void promptsOfDifferentChunksAreDrawnTogetherAndLeaveNothing() {
    GenerationRequest one =
        GenerationRequest.builder("a fox BREAK snow")
            .negativePrompt("a BREAK b BREAK c")
            .promptWeights(true)
            .steps(2)
            .build();
    sd.generate(one);
    int before = sd.engine().call(() -> sd.pipeline().parts().manager().getManagedArrays().size());
    var images = sd.generate(List.of(one, one.prompted("a (fox:1.2)")));
    assertThat(images).hasSize(2);
    assertThat(images.get(0).get(0).rgb()).isNotEqualTo(images.get(1).get(0).rgb());
    assertThat(sd.engine().call(() -> sd.pipeline().parts().manager().getManagedArrays().size()))
        .isEqualTo(before);
  }

  @Test
  void aLayerThatIsNotThereIsRefused() {
    GenerationRequest deep = GenerationRequest.builder("a").clipSkip(99).steps(1).build();
    assertThatThrownBy(() -> sd.generate(deep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clip skip should be 1 to ");
  }
}
