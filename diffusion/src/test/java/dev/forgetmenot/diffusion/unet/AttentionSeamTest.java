package dev.forgetmenot.diffusion.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionModifier;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What observers keep lives on, what modifiers change has an effect, and nothing else stays behind.
 */
class AttentionSeamTest {
  /** Keeps the mean over heads of every cross attention. */
  private static final class Keeper implements AttentionObserver {
    private final List<NDArray> kept = new ArrayList<>();

    @Override
    public boolean watches(AttentionLayer site) {
      return site.cross();
    }

    @Override
    public void observe(AttentionLayer site, NDArray probabilities) {
      kept.add(probabilities.mean(new int[] {0}));
    }
  }

  private record Changing(UnaryOperator<NDArray> change) implements AttentionModifier {
    @Override
    public boolean modifies(AttentionLayer site) {
      return site.cross();
    }

    @Override
    public NDArray modify(AttentionLayer site, NDArray probabilities) {
      return change.apply(probabilities);
    }
  }

  @TestFactory
  Stream<DynamicTest> observersAndModifiers() {
    return GoldenRun.each(AttentionSeamTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (UNet2DConditionModel unet =
            ComponentFolders.unet(run.model("unet"), run.manager(), run.ops());
        NDManager manager = run.manager().newSubManager()) {
      int size = unet.config().sampleSize();
      NDArray latents =
          manager.randomNormal(
              0, 1, new Shape(1, unet.config().inChannels(), size, size), DataType.FLOAT32);
      NDArray context =
          manager.randomNormal(
              0, 1, new Shape(1, 5, unet.config().crossAttentionDim().get(0)), DataType.FLOAT32);
      int open = manager.getManagedArrays().size();

      Keeper keeper = new Keeper();
      unet.forward(latents, new double[] {500}, context, AttentionHooks.observing(keeper)).close();
      assertThat(manager.getManagedArrays()).hasSize(open + keeper.kept.size());
      long cross = unet.attentionSites().stream().filter(AttentionLayer::cross).count();
      assertThat(keeper.kept).hasSize((int) cross);
      for (NDArray mean : keeper.kept) {
        for (float row : mean.sum(new int[] {1}).toFloatArray()) {
          assertThat(row).isBetween(0.9999f, 1.0001f);
        }
      }

      Keeper early = new Keeper();
      int before = manager.getManagedArrays().size();
      unet.observe(latents, new double[] {500}, context, AttentionHooks.observing(early));
      assertThat(manager.getManagedArrays()).hasSize(before + early.kept.size());
      assertThat(early.kept).hasSameSizeAs(keeper.kept);
      for (int i = 0; i < keeper.kept.size(); i++) {
        assertThat(early.kept.get(i).toFloatArray()).isEqualTo(keeper.kept.get(i).toFloatArray());
      }
      assertThatThrownBy(
              () -> unet.observe(latents, new double[] {500}, context, AttentionHooks.NONE))
          .hasMessageContaining("no observer watches");

      float[] plain = predict(unet, latents, context, AttentionHooks.NONE);
      float[] same = predict(unet, latents, context, modifying(p -> p));
      float[] none = predict(unet, latents, context, modifying(p -> p.mul(0)));
      assertThat(Errors.ofLargest(same, plain)).isLessThan(1e-5);
      assertThat(Errors.ofLargest(none, plain)).isGreaterThan(1e-4);
      assertThatThrownBy(
              () -> predict(unet, latents, context, modifying(p -> p.sum(new int[] {2}))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the shape must stay");
    }
  }

  private static AttentionHooks modifying(UnaryOperator<NDArray> change) {
    return new AttentionHooks(List.of(), List.of(new Changing(change)));
  }

  private static float[] predict(
      UNet2DConditionModel unet, NDArray latents, NDArray context, AttentionHooks hooks) {
    return unet.forward(latents, new double[] {500}, context, hooks).toFloatArray();
  }
}
