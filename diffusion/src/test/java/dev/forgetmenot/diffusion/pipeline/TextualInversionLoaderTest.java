package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens that are added to a model, used in prompts, trained and taken off. */
class TextualInversionLoaderTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String EMBEDDINGS =
      "text_encoder/text_model.embeddings.token_embedding.weight";
  private static final int WIDTH = 32;
  private static final int VOCABULARY = 5120;

  private static StableDiffusion sd;

  @BeforeAll
  static void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  private static float[] vector(float value) {
    float[] vector = new float[WIDTH];
    Arrays.fill(vector, value);
    return vector;
  }

  private static float[] embed(String prompt) {
    return sd.engine()
        .call(
            () -> {
              try (TextCondition embedding = sd.encodePrompts(List.of(sd.tokenize(prompt)))) {
                return embedding.context().toFloatArray();
              }
            });
  }

  @Test
  void tokensStandAnywhereInAPromptAndLeaveNoTrace() {
    float[] before = embed("a photo of <s1><s2>");
    List<String> names = List.of("<s1>", "<s2>");
    try (AddedTokens one = sd.addTokens(names, new float[][] {vector(0.1f), vector(0.2f)})) {
      assertThat(sd.tokenIds("<s1><s2>")).containsExactly(VOCABULARY, VOCABULARY + 1);
      assertThat(one.names()).isEqualTo(names);
      float[] with = embed("a photo of <s1><s2>");
      assertThat(with).isNotEqualTo(before);
      try (AddedTokens two = sd.addTokens(Map.of("<m>", one.vectors()))) {
        assertThat(sd.tokenIds("x<m>")).endsWith(VOCABULARY + 2, VOCABULARY + 3);
        assertThat(embed("a photo of <m>")).isEqualTo(with);
        assertThatThrownBy(one::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sd.addTokens(Map.of("<M>", two.vectors())))
            .hasMessageContaining("there already");
      }
      assertThat(embed("a photo of <s1><s2>")).isEqualTo(with);
      one.set(new float[][] {vector(0.3f), vector(0.2f)});
      assertThat(one.vectors()[0]).isEqualTo(vector(0.3f));
      assertThat(embed("a photo of <s1><s2>")).isNotEqualTo(with);
    }
    assertThat(embed("a photo of <s1><s2>")).isEqualTo(before);
  }

  @Test
  void refusesWhatDoesNotFitAndStaysAsItWas() {
    float[] before = embed("a photo of <s1>");
    assertThatThrownBy(() -> sd.addTokens(List.of("<s1>"), new float[][] {{1, 2}}))
        .hasMessageContaining(WIDTH + " numbers, not 2");
    assertThatThrownBy(() -> sd.addTokens(List.of("<s1>"), new float[][] {vector(Float.NaN)}))
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> sd.addTokens(List.of("s 1"), new float[][] {vector(1)}))
        .hasMessageContaining("white space");
    assertThatThrownBy(() -> sd.addTokens(Map.of())).hasMessageContaining("no token");
    assertThat(embed("a photo of <s1>")).isEqualTo(before);
  }

  @Test
  void rowsAreTrainedAlone() {
    float[] matrix = sd.engine().call(() -> sd.weights().current(EMBEDDINGS));
    try (AddedTokens other = sd.addTokens(List.of("<o>"), new float[][] {vector(0.5f)});
        AddedTokens tokens =
            sd.addTokens(List.of("<s1>", "<s2>"), new float[][] {vector(0.1f), vector(0.2f)})) {
      TokenizedPrompt prompt = sd.tokenize("a <s1> <s2> <o>");
      try (TrainingScope scope = sd.train(TrainingOptions.adamW(tokens.weight()::equals, 1e-3))) {
        assertThat(scope.trainable()).containsExactly(tokens.weight());
        scope.step(micro -> loss(micro, prompt));
        float[][] once = tokens.vectors();
        tokens.set(once);
        scope.step(micro -> loss(micro, prompt));
        float[][] twice = tokens.vectors();
        for (int row = 0; row < 2; row++) {
          assertThat(once[row]).isNotEqualTo(vector(0.1f * (row + 1)));
          assertThat(twice[row]).isNotEqualTo(once[row]); // still trained after set
        }
      }
      assertThat(other.vectors()[0]).isEqualTo(vector(0.5f));
      assertThat(sd.engine().call(() -> sd.weights().current(tokens.weight()))).hasSize(2 * WIDTH);
    }
    assertThat(sd.engine().call(() -> sd.weights().current(EMBEDDINGS))).isEqualTo(matrix);
    assertThat(sd.weights().parameter(EMBEDDINGS).changed()).isFalse();
  }

  @Test
  void leavesNoArraysBehind() {
    rowsAreTrainedAlone();
    int before = ModelArrays.count(sd);
    rowsAreTrainedAlone();
    tokensStandAnywhereInAPromptAndLeaveNoTrace();
    assertThat(ModelArrays.count(sd)).isEqualTo(before);
  }

  private static NDArray loss(ai.djl.ndarray.NDManager micro, TokenizedPrompt prompt) {
    try (TextCondition embedding = sd.encodePrompts(List.of(prompt));
        NDArray square = embedding.context().square()) {
      NDArray loss = square.mean();
      loss.attach(micro);
      return loss;
    }
  }

  @Test
  void anExtensionAddsTokensForGood() throws IOException {
    ModelExtension extension =
        model -> model.addToken("<m>", new float[][] {vector(0.1f), vector(0.2f)});
    LoadOptions options = LoadOptions.defaults().patched(List.of(), List.of(extension));
    try (StableDiffusion patched = StableDiffusion.load(MODEL, options)) {
      assertThat(patched.tokenIds("<m>")).containsExactly(VOCABULARY, VOCABULARY + 1);
      patched.engine().run(() -> patched.weights().restoreChanged());
      assertThat(patched.tokenize("a <m>").ids()).contains(VOCABULARY + 1);
    }
  }
}
