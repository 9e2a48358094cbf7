package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** AdamW and the clip against PyTorch's on given gradients. */
class OptimizerGoldenTest {
  /** Allowed distance after k steps: 2k units in the last place of the larger value on the way. */
  private static final double ULPS_A_STEP = 2;

  @TestFactory
  Stream<DynamicTest> adamWWithAClip() {
    return GoldenRun.each(OptimizerGoldenTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    JsonObject recipe = json(run.folder().resolve("golden/optimizer.json"));
    try (GoldenTensors golden = run.golden("optimizer")) {
      AdamW optimizer = new AdamW(run.manager(), run.ops(), options(recipe));
      List<NDArray> parameters = new ArrayList<>();
      for (int i = 0; golden.has("initial." + i); i++) {
        parameters.add(golden.get("initial." + i).duplicate());
      }
      int steps = recipe.getAsJsonArray("norm_before_clip").size();
      double worst = 0;
      for (int k = 0; k < steps; k++) {
        step(run, golden, recipe, optimizer, parameters, k);
        for (int i = 0; i < parameters.size(); i++) {
          String earlier = k == 0 ? "initial." + i : "after." + (k - 1) + "." + i;
          double ulps =
              ulps(
                  parameters.get(i).toFloatArray(),
                  golden.floats("after." + k + "." + i),
                  golden.floats(earlier));
          assertThat(ulps)
              .as("ulps of tensor %s after step %s", i, k + 1)
              .isLessThanOrEqualTo(ULPS_A_STEP * (k + 1));
          worst = Math.max(worst, ulps / (k + 1));
        }
      }
      Errors.print(run.folder(), "AdamW, ulps a step", worst);
    }
  }

  private static void step(
      GoldenRun.Context run,
      GoldenTensors golden,
      JsonObject recipe,
      AdamW optimizer,
      List<NDArray> parameters,
      int k) {
    List<Integer> withGradient = new ArrayList<>();
    List<NDArray> gradients = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = "gradient." + k + "." + i;
      if (golden.has(name)) {
        withGradient.add(i);
        gradients.add(golden.get(name));
      }
    }
    GradientClip clip = GradientClip.measure(run.manager(), gradients);
    double expected = recipe.getAsJsonArray("norm_before_clip").get(k).getAsDouble();
    assertThat(clip.total()).isCloseTo(expected, within(2.0 * Math.ulp((float) expected)));
    double limit = recipe.get("max_grad_norm").getAsDouble();
    for (int j = 0; j < gradients.size(); j++) {
      int i = withGradient.get(j);
      clip.shorten(gradients.get(j), limit);
      optimizer.update(
          "parameter " + i, parameters.get(i), gradients.get(j), recipe.get("lr").getAsDouble());
    }
  }

  private static TrainingOptions options(JsonObject recipe) {
    return TrainingOptions.builder(name -> true, recipe.get("lr").getAsDouble())
        .beta1(recipe.getAsJsonArray("betas").get(0).getAsDouble())
        .beta2(recipe.getAsJsonArray("betas").get(1).getAsDouble())
        .epsilon(recipe.get("eps").getAsDouble())
        .weightDecay(recipe.get("weight_decay").getAsDouble())
        .maxGradNorm(recipe.get("max_grad_norm").getAsDouble())
        .build();
  }

  /**
   * The largest distance in units of the last place of the larger of a value and the one before.
   */
  private static double ulps(float[] found, float[] expected, float[] earlier) {
    assertThat(found).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      float unit = Math.ulp(Math.max(Math.abs(expected[i]), Math.abs(earlier[i])));
      worst = Math.max(worst, Math.abs((double) found[i] - expected[i]) / unit);
    }
    return worst;
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }
}
