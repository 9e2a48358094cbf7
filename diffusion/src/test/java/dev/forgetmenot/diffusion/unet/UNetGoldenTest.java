package dev.forgetmenot.diffusion.unet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The UNet and its attention probabilities against diffusers. */
class UNetGoldenTest {
  private static final double TOLERANCE = 1e-5;
  private static final String PROBABILITIES = "probs.";

  @TestFactory
  Stream<DynamicTest> predictionsAndProbabilities() {
    return GoldenRun.all(UNetGoldenTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("unet");
        UNet2DConditionModel unet =
            ComponentFolders.unet(run.model("unet"), run.manager(), run.ops())) {
      NDArray sample = golden.get("sample");
      double[] timesteps = golden.get("timestep").toType(DataType.FLOAT64, false).toDoubleArray();
      TextCondition condition = condition(run, golden);
      run.check(golden, "out", unet.forward(sample, timesteps, condition, AttentionHooks.NONE));

      Seen seen = new Seen();
      NDArray watched = unet.forward(sample, timesteps, condition, AttentionHooks.observing(seen));
      run.check(golden, "out", watched); // with the probabilities formed
      assertThat(seen.probabilities.keySet())
          .containsExactlyElementsOf(
              unet.attentionSites().stream().map(AttentionLayer::name).toList());
      int compared = 0;
      double worst = 0;
      for (String name : golden.names()) {
        if (name.startsWith(PROBABILITIES)) {
          String site = name.substring(PROBABILITIES.length());
          float[] found = seen.probabilities.get(site);
          double error = Errors.ofLargest(found, golden.floats(name));
          assertThat(error).as(name).isLessThanOrEqualTo(TOLERANCE);
          worst = Math.max(worst, error);
          compared++;
        }
      }
      Errors.print(run.folder(), "attention probabilities, worst of " + compared, worst);
      assertThat(compared).as("compared probabilities").isPositive();
    }
  }

  private static TextCondition condition(GoldenRun.Context run, GoldenTensors golden) {
    return run.twoTextEncoders()
        ? new TextCondition(
            golden.get("context"),
            Optional.of(golden.get("text_embeds")),
            Optional.of(golden.get("time_ids")))
        : TextCondition.of(golden.get("context"));
  }

  /** Watches every layer. */
  private static final class Seen implements AttentionObserver {
    private final Map<String, float[]> probabilities = new LinkedHashMap<>();

    @Override
    public boolean watches(AttentionLayer site) {
      return true;
    }

    @Override
    public void observe(AttentionLayer site, NDArray values) {
      probabilities.put(site.name(), values.toFloatArray());
    }
  }
}
