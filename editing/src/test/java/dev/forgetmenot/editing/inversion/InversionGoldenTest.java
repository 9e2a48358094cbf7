package dev.forgetmenot.editing.inversion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Concept inversion with given latents, noise and timesteps against PyTorch. */
class InversionGoldenTest {
  private static final double LOSS = 1e-5; // relative
  private static final double UPDATE = 1e-3; // of the update so far, L2

  @TestFactory
  Stream<DynamicTest> runs() {
    return GoldenFolders.folders().stream().flatMap(InversionGoldenTest::runsOf);
  }

  private static Stream<DynamicTest> runsOf(Path folder) {
    JsonObject recipe = recipe(folder);
    return recipe.getAsJsonObject("runs").keySet().stream()
        .map(
            run ->
                DynamicTest.dynamicTest(
                    folder.getFileName() + " " + run, () -> check(folder, recipe, run)));
  }

  private static JsonObject recipe(Path folder) {
    try {
      return JsonParser.parseString(Files.readString(folder.resolve("golden/inversion.json")))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void check(Path folder, JsonObject recipe, String run) throws IOException {
    try (StableDiffusion sd =
            StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults());
        SafetensorsFile golden =
            SafetensorsFile.open(
                folder.resolve("golden/inversion.safetensors"), SafetensorsLimits.MODEL)) {
      Comparison comparison = new Comparison(folder, sd, golden, recipe, run);
      sd.engine()
          .<Void, IOException>call(
              () -> {
                comparison.check();
                return null;
              });
    }
  }

  /** One run of the reference, done again. */
  private static final class Comparison {
    private final Path folder;
    private final StableDiffusion sd;
    private final SafetensorsFile golden;
    private final int steps;
    private final String name;
    private final JsonObject run;

    Comparison(
        Path folder, StableDiffusion sd, SafetensorsFile golden, JsonObject recipe, String name) {
      this.folder = folder;
      this.sd = sd;
      this.golden = golden;
      this.steps = recipe.get("steps").getAsInt();
      this.name = name;
      this.run = recipe.getAsJsonObject("runs").getAsJsonObject(name);
    }

    void check() throws IOException {
      float[][] initial = rows("initial", 0);
      List<String> names =
          IntStream.rangeClosed(1, initial.length).mapToObj(i -> "<s" + i + ">").toList();
      InversionSettings settings = settings();
      InversionLoss loss = new InversionLoss(sd);
      double worstLoss = 0;
      double worstUpdate = 0;
      try (AddedTokens tokens = sd.addTokens(names, initial)) {
        TrainingOptions options = settings.training(tokens.weight());
        try (TrainingScope scope = sd.train(options)) {
          InversionTraining training =
              new InversionTraining(tokens, scope, options, settings.normDecay(0));
          for (int step = 0; step < steps; step++) {
            int index = step;
            TrainingScope.StepReport report = training.step(micro -> loss(loss, micro, index));
            double expected = run.getAsJsonArray("loss").get(step).getAsDouble();
            worstLoss = Math.max(worstLoss, Math.abs(report.loss() - expected) / expected);
            float[][] reference = rows(name + ".embeddings", step);
            worstUpdate =
                Math.max(
                    worstUpdate,
                    distance(tokens.vectors(), reference) / distance(initial, reference));
          }
        }
      }
      print("inversion " + name + " loss", worstLoss);
      print("inversion " + name + " update", worstUpdate);
      assertThat(worstLoss).isLessThanOrEqualTo(LOSS);
      assertThat(worstUpdate).isLessThanOrEqualTo(UPDATE);
    }

    private NDArray loss(InversionLoss loss, NDManager micro, int step) {
      try {
        NDArray latents = array(micro, "latents", step);
        NDArray noise = array(micro, "noise", step);
        NDArray context = sd.encodePrompts(List.of(prompt()));
        context.attach(micro);
        int timestep = Math.toIntExact(golden.longs("timesteps")[step]);
        return loss.of(latents, noise, timestep, context, mask());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private Optional<LatentMask> mask() throws IOException {
      if (!run.get("mask").getAsBoolean()) {
        return Optional.empty();
      }
      long[] shape = golden.tensors().get("mask").shape();
      return Optional.of(LatentMask.of((int) shape[2], (int) shape[3], golden.floats("mask")));
    }

    private TokenizedPrompt prompt() throws IOException {
      List<Integer> ids =
          Arrays.stream(golden.longs("input_ids"))
              .mapToObj(Math::toIntExact)
              .collect(Collectors.toList());
      TokenizedPrompt own = sd.tokenize("a photo of <s1><s2><s3><s4>");
      assertThat(own.ids()).isEqualTo(ids); // the tokens have the reference's ids
      return own;
    }

    private NDArray array(NDManager micro, String tensor, int step) throws IOException {
      long[] shape = golden.tensors().get(tensor).shape();
      Shape one = new Shape(Arrays.copyOfRange(shape, 1, shape.length));
      return micro.create(slice(tensor, step, (int) one.size()), one);
    }

    private float[][] rows(String tensor, int step) throws IOException {
      long[] shape = golden.tensors().get(tensor).shape();
      int width = (int) shape[shape.length - 1];
      int count = (int) shape[shape.length - 2];
      float[] flat = slice(tensor, step, count * width);
      return IntStream.range(0, count)
          .mapToObj(i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width))
          .toArray(float[][]::new);
    }

    private float[] slice(String tensor, int index, int size) throws IOException {
      return Arrays.copyOfRange(golden.floats(tensor), index * size, (index + 1) * size);
    }

    private InversionSettings settings() {
      Map<String, String> given = new HashMap<>();
      given.put("learning-rate", run.get("learning_rate").getAsString());
      given.put("weight-decay", run.get("weight_decay").getAsString());
      given.put("norm-target", run.get("norm_target").getAsString());
      given.put("no-norm-decay", Boolean.toString(!run.get("clip_ti_decay").getAsBoolean()));
      return new InversionSettings(ParameterValues.of(InversionSettings.parameters(), given));
    }

    @SuppressWarnings("SystemOut") // numbers for docs/numerics.md
    private void print(String what, double error) {
      System.out.printf("numerics: %s %s %.2e%n", folder.getFileName(), what, error);
    }
  }

  private static double distance(float[][] a, float[][] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      for (int i = 0; i < a[k].length; i++) {
        double difference = (double) a[k][i] - b[k][i];
        sum += difference * difference;
      }
    }
    return Math.sqrt(sum);
  }
}
