package dev.forgetmenot.diffusion.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs that keep deep features, at every skip connection, against diffusers' modules. */
class DeepFeaturesGoldenTest {
  private static final int INTERVAL = 3;
  private static final String OUT = "out.";

  @TestFactory
  Stream<DynamicTest> runs() {
    return GoldenRun.each(run -> with(run, DeepFeaturesGoldenTest::checkRuns));
  }

  @TestFactory
  Stream<DynamicTest> predictionsThatAreWhole() {
    return GoldenRun.each(run -> with(run, DeepFeaturesGoldenTest::checkWhole));
  }

  private interface Check {
    void of(GoldenRun.Context run, GoldenTensors golden, UNet2DConditionModel unet);
  }

  private static void with(GoldenRun.Context run, Check check) throws IOException {
    try (GoldenTensors golden = run.ownGolden("deepcache");
        UNet2DConditionModel unet =
            ComponentFolders.unet(run.model("unet"), run.manager(), run.ops())) {
      check.of(run, golden, unet);
    }
  }

  private static NDArray predict(
      GoldenTensors golden,
      UNet2DConditionModel unet,
      int i,
      AttentionHooks hooks,
      DeepFeatures features) {
    NDArray sample = golden.get("sample").get(i);
    double[] timesteps = golden.get("timestep").toType(DataType.FLOAT64, false).toDoubleArray();
    try (FixedInputs inputs = new FixedInputs(TextCondition.of(golden.get("context")), timesteps)) {
      return unet.forward(sample, i, inputs, hooks, features);
    }
  }

  private static void checkRuns(
      GoldenRun.Context run, GoldenTensors golden, UNet2DConditionModel unet) {
    int depths = (int) golden.names().stream().filter(name -> name.startsWith(OUT)).count();
    for (int depth = 0; depth < depths; depth++) {
      try (DeepFeatures features = new DeepFeatures(new FeatureCache(depth, INTERVAL))) {
        NDList outs = new NDList();
        for (int i = 0; i < golden.get("timestep").size(); i++) {
          outs.add(predict(golden, unet, i, AttentionHooks.NONE, features));
        }
        run.check(golden, OUT + depth, NDArrays.stack(outs));
      }
    }
    try (DeepFeatures features = new DeepFeatures(new FeatureCache(depths, INTERVAL))) {
      assertThatThrownBy(() -> predict(golden, unet, 0, AttentionHooks.NONE, features))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("skip connections are 0 to " + (depths - 1));
    }
  }

  private static void checkWhole(
      GoldenRun.Context run, GoldenTensors golden, UNet2DConditionModel unet) {
    float[] plain = whole(golden, unet, 1);
    try (DeepFeatures never = new DeepFeatures(new FeatureCache(0, 1));
        DeepFeatures features = new DeepFeatures(new FeatureCache(0, 5))) {
      predict(golden, unet, 0, AttentionHooks.NONE, never);
      assertThat(values(golden, unet, 1, AttentionHooks.NONE, never)).isEqualTo(plain);

      predict(golden, unet, 0, AttentionHooks.NONE, features);
      assertThat(values(golden, unet, 1, AttentionHooks.NONE, features)).isNotEqualTo(plain);
      AttentionHooks watched = AttentionHooks.observing(new Watching());
      assertThat(values(golden, unet, 1, watched, features))
          .isEqualTo(values(golden, unet, 1, watched, DeepFeatures.none()));
      assertThat(values(golden, unet, 1, AttentionHooks.NONE, features))
          .isEqualTo(plain); // what a watched prediction had before it is not taken
      assertThat(values(golden, unet, 2, AttentionHooks.NONE, features))
          .isNotEqualTo(whole(golden, unet, 2));
    }
  }

  private static float[] whole(GoldenTensors golden, UNet2DConditionModel unet, int i) {
    return values(golden, unet, i, AttentionHooks.NONE, DeepFeatures.none());
  }

  private static float[] values(
      GoldenTensors golden,
      UNet2DConditionModel unet,
      int i,
      AttentionHooks hooks,
      DeepFeatures features) {
    return predict(golden, unet, i, hooks, features).toFloatArray();
  }

  /** Watches every layer and does nothing with it. */
  private static final class Watching implements AttentionObserver {
    @Override
    public boolean watches(AttentionLayer site) {
      return true;
    }

    @Override
    public void observe(AttentionLayer site, NDArray values) {}
  }
}
