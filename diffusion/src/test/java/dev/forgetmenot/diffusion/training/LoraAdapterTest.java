package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adapters on linear layers and convolutions do what their merged weights do. */
class LoraAdapterTest {
  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  private static TrainingOptions options(int rank) {
    return TrainingOptions.adamW(
            name ->
                name.startsWith("unet/")
                    && (name.contains("attn") || name.contains("conv") || name.contains("proj")),
            0.05)
        .adapting(new LoraOptions(rank, 6, 3));
  }

  private NDArray predict(NDManager manager) {
    Shape shape = new Shape(2, 4, 8, 8);
    NDArray latents = manager.create(sd.noise(1).normal((int) shape.size()), shape).duplicate();
    NDArray context = manager.create(sd.noise(2).normal(2 * 7 * 32), new Shape(2, 7, 32));
    return sd.predict(
        latents,
        new double[] {500, 20},
        TextCondition.of(context.duplicate()),
        AttentionHooks.NONE);
  }

  private float[] prediction() {
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager()) {
                return predict(manager).toFloatArray();
              }
            });
  }

  @Test
  void trainedAdaptersPredictAsTheirMergedWeights() {
    float[] base = prediction();
    float[] adapted;
    Map<String, LowRank> factors;
    try (TrainingScope scope = sd.train(options(2))) {
      assertThat(prediction()).isEqualTo(base); // up is 0
      for (int i = 0; i < 3; i++) {
        scope.step(manager -> predict(manager).square().mean());
      }
      adapted = prediction();
      assertThat(sd.engine().call(() -> scope.withBase(this::prediction))).isEqualTo(base);
      factors = scope.adapters();
      assertThat(scope.trainable()).hasSize(2 * factors.size());
      assertThat(scope.unreached()).isEmpty();
    }
    assertThat(prediction()).isEqualTo(base);
    assertThat(Errors.ofLargest(adapted, base)).isGreaterThan(1e-2);
    assertThat(factors.values()).anyMatch(f -> f.shape().length == 4 && f.shape()[2] == 3);
    sd.engine().run(() -> factors.forEach(this::merge));
    assertThat(Errors.ofLargest(prediction(), adapted)).isLessThan(1e-5);
  }

  private void merge(String name, LowRank factors) {
    float[] weight = sd.weights().current(name);
    int in = factors.inputs();
    for (int o = 0; o < factors.outputs(); o++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int r = 0; r < factors.rank(); r++) {
          sum += (double) factors.up()[o * factors.rank() + r] * factors.down()[r * in + i];
        }
        weight[o * in + i] += (float) (factors.alpha() / factors.rank() * sum);
      }
    }
    sd.weights().replace(name, weight);
  }

  @Test
  void anAdapterThatReadsGivenRowsChangesNothingElse() {
    float[] row = sd.noise(5).normal(32);
    Rows read = new Rows(1, 32, row);
    TrainingOptions options =
        TrainingOptions.adamW(name -> name.matches(".*attn2.to_[kv].weight"), 0.05)
            .adapting(LoraOptions.reading(read));
    try (TrainingScope scope = sd.train(options)) {
      for (int i = 0; i < 3; i++) {
        scope.step(manager -> predict(manager).square().mean());
      }
      assertThat(scope.trainable()).isNotEmpty().allMatch(name -> name.endsWith("lora_B.weight"));
      assertThat(scope.adapters().values())
          .allSatisfy(factors -> assertThat(factors.down()).isEqualTo(row))
          .allSatisfy(factors -> assertThat(factors.norm()).isGreaterThan(0))
          .allSatisfy(factors -> assertThat(factors.alpha()).isEqualTo(factors.rank()));
    }
    assertThatThrownBy(
            () ->
                sd.train(
                    TrainingOptions.adamW(name -> name.endsWith("attn1.to_k.weight"), 1)
                        .adapting(LoraOptions.reading(new Rows(1, 7, new float[7])))))
        .hasMessageContaining("cannot read rows of 7");
    assertThat(LoraOptions.reading(new Rows(1, 32, row.clone())).toString())
        .isEqualTo(LoraOptions.reading(read).toString());
  }

  @Test
  void wrongRanksAndTargetsAreNamed() {
    assertThatThrownBy(() -> sd.train(options(1000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank is at most");
    assertThatThrownBy(() -> new LoraOptions(0, 1, 1)).hasMessageContaining("rank");
    assertThatThrownBy(
            () ->
                sd.train(
                    TrainingOptions.adamW(name -> name.endsWith("norm1.bias"), 1)
                        .adapting(new LoraOptions(1, 1, 1))))
        .hasMessageContaining("none of the chosen weights");
    sd.train(options(1)).close(); // a refusal leaves no session open
  }
}
