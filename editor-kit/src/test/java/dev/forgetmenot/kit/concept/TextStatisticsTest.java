package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextStatisticsTest {
  private static final PromptTemplate TEMPLATE = PromptTemplate.ofThings();
  private static final int PROMPTS = 100;
  private static final int WHOLE = 1;
  private static final int BEGUN = 48;

  /** Three quarters of the texts are short; the last ones are longer than what is read of them. */
  private static List<String> texts() {
    return IntStream.range(0, PROMPTS)
        .mapToObj(
            i -> i < 80 ? "a photo of " + i : "a photo of a house beside the tree number " + i)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 1100})
  void columnsHaveTheSecondMomentsOfAllRows(int width) {
    int count = 40; // of 16 directions, each weaker than the one before
    SplittableRandom random = new SplittableRandom(7);
    double[] directions = random.doubles(16L * width, -1, 1).toArray();
    double[] shares = random.doubles(16L * count, -1, 1).toArray();
    for (int i = 0; i < shares.length; i++) {
      shares[i] *= Math.pow(0.8, i % 16);
    }
    Matrix text = Matrix.of(count, 16, shares).times(Matrix.of(16, width, directions));
    Matrix columns = new TextStatistics(text).columns(100);
    assertThat(columns.rows()).isEqualTo(width);
    assertThat(columns.columns()).isBetween(8, 16);
    Matrix expected = text.inner().times(100.0 / count);
    Matrix found = columns.times(columns.transposed());
    assertThat(found.minus(expected).norm() / expected.norm()).isCloseTo(0, within(3e-4));
  }

  @Test
  void firstPositionsOfPromptsAreThoseOfTheWhole() throws IOException {
    Path folder = GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model");
    try (StableDiffusion sd = StableDiffusion.load(folder, LoadOptions.defaults())) {
      sd.engine()
          .run(
              () -> {
                List<TokenizedPrompt> texts = texts().stream().map(sd::tokenize).toList();
                compare(sd, texts);
                assertThat(texts.get(PROMPTS - 1).lastEnd()).isGreaterThan(texts.get(60).lastEnd());
                compare(sd, TextStatistics.ofSingleTokens(sd, TEMPLATE, PROMPTS));
              });
    }
  }

  private static void compare(StableDiffusion sd, List<TokenizedPrompt> prompts) {
    int length = prompts.get(0).ids().size();
    int positions = 1 + prompts.get(60).lastEnd();
    assertThat(prompts.get(60).others()).as("two text encoders").hasSize(1);
    Matrix read = TextStatistics.ofBeginnings(new PromptEncoder(sd), prompts).rows();
    PromptEncoder whole = new PromptEncoder(sd);
    List<Matrix> expected =
        Stream.concat(
                whole.encodeTokens(EvenSpread.of(WHOLE, prompts)).stream().map(EncodedPrompt::rows),
                whole.encodeTokens(EvenSpread.of(BEGUN, prompts)).stream()
                    .map(one -> one.rows().rows(0, positions)))
            .toList();
    assertThat(read.rows()).isEqualTo(WHOLE * length + BEGUN * positions);
    Matrix all = Matrix.joinRows(expected);
    assertThat(read.minus(all).norm() / all.norm()).isCloseTo(0, within(1e-6));
  }
}
