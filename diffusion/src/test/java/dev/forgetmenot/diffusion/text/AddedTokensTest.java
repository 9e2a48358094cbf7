package dev.forgetmenot.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.diffusion.GoldenRun;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** New tokens behind the known ones, and gradients of the embedding. */
class AddedTokensTest {
  @TestFactory
  Stream<DynamicTest> addedTokensWorkAndLearn() {
    return GoldenRun.each(AddedTokensTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (ClipTextEncoder encoder =
        ClipTextEncoder.load(run.model("text_encoder"), run.manager(), run.ops())) {
      int known = encoder.config().vocabSize();
      assertThatThrownBy(() -> encoder.encode(run.manager(), List.of(List.of(1, known))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id " + known);

      float[] row = encoder.tokenEmbedding().array().get("7").toFloatArray();
      assertThat(encoder.addTokens(new float[][] {row, new float[row.length]})).isEqualTo(known);
      float[] original = hidden(run, encoder, List.of(1, 7, 9));
      assertThat(hidden(run, encoder, List.of(1, known, 9))).isEqualTo(original);
      assertThat(hidden(run, encoder, List.of(1, known + 1, 9))).isNotEqualTo(original);
      assertThatThrownBy(() -> encoder.addTokens(new float[][] {{1}}))
          .hasMessageContaining(row.length + " numbers, not 1");

      NDArray embedding = encoder.tokenEmbedding().array();
      embedding.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray hidden = encoder.encode(run.manager(), List.of(List.of(1, known, 9)));
        collector.backward(hidden.square().sum());
        NDArray gradient = embedding.getGradient();
        assertThat(gradient.get("{}", known).abs().sum().getFloat()).isPositive();
        assertThat(gradient.get("7").abs().sum().getFloat()).isZero();
      }
    }
  }

  private static float[] hidden(GoldenRun.Context run, ClipTextEncoder encoder, List<Integer> ids) {
    return encoder.encode(run.manager(), List.of(ids)).toFloatArray();
  }
}
