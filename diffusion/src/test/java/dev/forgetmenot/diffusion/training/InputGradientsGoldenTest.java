package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.api.training.InputGradients.Errors;
import dev.forgetmenot.api.training.InputGradients.Input;
import dev.forgetmenot.api.training.InputGradients.Prediction;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients to token embeddings, text states and latents against PyTorch. */
class InputGradientsGoldenTest {
  /** Of the largest value of each. */
  private static final double TOLERANCE = 1e-4;

  private static final Map<Input, String> NAMES =
      Map.of(
          Input.TOKEN_EMBEDDINGS, "grad.token_embeddings",
          Input.TEXT_STATES, "grad.context",
          Input.LATENTS, "grad.noisy");

  @TestFactory
  Stream<DynamicTest> allFolders() {
    return GoldenFolders.all().stream()
        .flatMap(
            folder ->
                Stream.of(false, true)
                    .map(
                        checkpointing ->
                            DynamicTest.dynamicTest(
                                folder.getFileName() + (checkpointing ? ", checkpoints" : ""),
                                () -> check(folder, checkpointing))));
  }

  private static void check(Path folder, boolean checkpointing) throws IOException {
    Path file = folder.resolve("golden/gradients.safetensors");
    assumeTrue(
        Files.exists(file) || !GoldenFolders.hasTwoTextEncoders(folder),
        "other folders of two text encoders have no reference of gradients");
    try (var golden = new GoldenTensors(file);
        var sd = StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults())) {
      sd.engine().run(() -> check(folder, sd, golden, checkpointing));
    }
  }

  private static void check(
      Path folder, StableDiffusion sd, GoldenTensors golden, boolean checkpointing) {
    List<TokenizedPrompt> prompts =
        GoldenRun.ids(golden.get("input_ids")).stream()
            .map(ids -> new TokenizedPrompt("", ids, ids.indexOf(sd.endOfText()), ""))
            .toList();
    long[] times = golden.get("timesteps").toLongArray();
    int[] steps = Arrays.stream(times).mapToInt(Math::toIntExact).toArray();
    NoiseSchedule schedule = sd.noiseSchedule();
    NDArray latents = golden.get("latents");
    NDArray noise = golden.get("noise");
    try (NDManager manager = sd.newManager();
        InputGradients gradients = sd.inputGradients(checkpointing)) {
      NDArray noisy = schedule.addNoise(latents, noise, steps);
      NDArray target =
          schedule.predictionType() == PredictionType.V_PREDICTION
              ? schedule.velocity(latents, noise, steps)
              : noise;
      requireNear(folder, "gradients.noisy", noisy.toFloatArray(), golden.floats("noisy"));
      noisy.attach(manager);
      double[] timesteps = Arrays.stream(times).asDoubleStream().toArray();
      Prediction prediction = new Prediction(noisy, timesteps, target);
      Embedded embeddings = gradients.embed(prompts);
      embeddings.rows().attach(manager);
      try (Errors found =
          gradients.ofEmbeddings(prediction, embeddings, EnumSet.allOf(Input.class))) {
        check(folder, golden, found);
      }
      try (TextCondition states = sd.encodePrompts(prompts);
          Errors found =
              gradients.ofStates(
                  prediction, states, EnumSet.of(Input.TEXT_STATES, Input.LATENTS))) {
        check(folder, golden, found);
      }
      for (Input alone : Input.values()) {
        try (Errors found = gradients.ofEmbeddings(prediction, embeddings, Set.of(alone))) {
          assertThat(found.gradients()).containsOnlyKeys(alone);
          check(folder, golden, found);
        }
      }
    }
  }

  private static void check(Path folder, GoldenTensors golden, Errors found) {
    float[] values = new float[found.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) found.values()[i];
    }
    requireNear(folder, "gradients.loss", values, golden.floats("loss"));
    found
        .gradients()
        .forEach(
            (input, gradient) -> {
              String name = NAMES.get(input);
              assertThat(gradient.getShape()).isEqualTo(golden.get(name).getShape());
              requireNear(folder, name, gradient.toFloatArray(), golden.floats(name));
            });
  }

  private static void requireNear(Path folder, String name, float[] found, float[] expected) {
    double error = dev.forgetmenot.diffusion.Errors.ofLargest(found, expected);
    dev.forgetmenot.diffusion.Errors.print(folder, name, error);
    assertThat(error).as(name).isLessThan(TOLERANCE);
  }
}
