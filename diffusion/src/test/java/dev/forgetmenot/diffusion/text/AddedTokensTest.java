package dev.forgetmenot.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.weights.ModelParameter;
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
        ComponentFolders.textEncoder(run.model("text_encoder"), run.manager(), run.ops())) {
      int known = encoder.config().vocabSize();
      assertThatThrownBy(
              () -> encoder.encode(encoder.embed(run.manager(), List.of(List.of(1, known))), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id " + known);

      float[] original = hidden(run, encoder, List.of(1, 7, 9));
      float[] row = encoder.tokenEmbedding().array().get("7").toFloatArray();
      ModelParameter rows = encoder.addRows(new float[][] {row, new float[row.length]});
      ModelParameter more = encoder.addRows(new float[][] {row});
      assertThat(encoder.vocabulary()).isEqualTo(known + 3);
      assertThat(hidden(run, encoder, List.of(1, 7, 9))).isEqualTo(original);
      assertThat(hidden(run, encoder, List.of(1, known, 9))).isEqualTo(original);
      assertThat(hidden(run, encoder, List.of(1, known + 2, 9))).isEqualTo(original);
      assertThat(hidden(run, encoder, List.of(1, known + 1, 9))).isNotEqualTo(original);
      assertThatThrownBy(() -> encoder.addRows(new float[][] {{1}}))
          .hasMessageContaining(row.length + " numbers, not 1");
      assertThat(gradient(run, encoder, rows.array(), known)).isPositive();
      assertThat(encoder.tokenEmbedding().array().hasGradient()).isFalse();

      assertThatThrownBy(() -> encoder.removeRows(rows)).isInstanceOf(IllegalStateException.class);
      encoder.removeRows(more);
      encoder.removeRows(rows);
      assertThat(hidden(run, encoder, List.of(1, 7, 9))).isEqualTo(original);
      assertThatThrownBy(
              () -> encoder.encode(encoder.embed(run.manager(), List.of(List.of(1, known))), 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /**
   * The size of the first added row's gradient; the second, which is not in the prompt, has none.
   */
  private static float gradient(
      GoldenRun.Context run, ClipTextEncoder encoder, NDArray rows, int first) {
    rows.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray hidden =
          encoder.encode(encoder.embed(run.manager(), List.of(List.of(1, first, 9))), 1);
      collector.backward(hidden.square().sum());
      NDArray gradient = rows.getGradient();
      assertThat(gradient.get("1").abs().sum().getFloat()).isZero();
      return gradient.get("0").abs().sum().getFloat();
    } finally {
      rows.setRequiresGradient(false);
    }
  }

  private static float[] hidden(GoldenRun.Context run, ClipTextEncoder encoder, List<Integer> ids) {
    return encoder.encode(encoder.embed(run.manager(), List.of(ids)), 1).toFloatArray();
  }
}
