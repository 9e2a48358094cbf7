package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.TokenPositions;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Re-steering with given latents, noise and timesteps against PyTorch. */
class ResteerGoldenTest {
  private static final double LOSS = 1e-5; // relative
  private static final double GRADIENT = 1e-4; // of the tensor's largest

  @TestFactory
  Stream<DynamicTest> runs() {
    return GoldenFolders.folders().stream().flatMap(ResteerGoldenTest::runsOf);
  }

  private static Stream<DynamicTest> runsOf(Path folder) {
    JsonObject recipe = json(folder.resolve("golden/resteer.json"));
    return recipe.getAsJsonObject("runs").keySet().stream()
        .map(
            run ->
                DynamicTest.dynamicTest(
                    folder.getFileName() + " " + run, () -> check(folder, recipe, run)));
  }

  private static void check(Path folder, JsonObject recipe, String run) throws IOException {
    try (StableDiffusion sd =
        StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults())) {
      sd.engine()
          .<Void, IOException>call(
              () -> {
                try (NDManager manager = sd.newManager()) {
                  new Comparison(folder, sd, recipe, run, manager).check();
                  return null;
                }
              });
    }
  }

  /** One run of the reference, done again. */
  private static final class Comparison {
    private final StableDiffusion sd;
    private final JsonObject recipe;
    private final String name;
    private final JsonObject run;
    private final ResteerReference golden;
    private final List<TrainingScope.StepReport> reports = new ArrayList<>();

    Comparison(Path folder, StableDiffusion sd, JsonObject recipe, String name, NDManager manager)
        throws IOException {
      this.sd = sd;
      this.recipe = recipe;
      this.name = name;
      this.run = recipe.getAsJsonObject("runs").getAsJsonObject(name);
      this.golden = ResteerReference.read(folder, name, sd, manager);
    }

    void check() {
      TokenizedPrompt prompt = prompt();
      ResteeringSettings settings = settings();
      NamedWeights weights = sd.weights();
      Map<String, float[]> before = new LinkedHashMap<>();
      try (TextCondition embedding = sd.encodePrompts(List.of(prompt));
          TrainingScope training = sd.train(settings.training(sd, Optional.empty()))) {
        training.trainable().forEach(weight -> before.put(weight, weights.current(weight)));
        AttentionNormLoss.Watched watched =
            new AttentionNormLoss.Watched(columns(prompt, settings.endOfText()), Optional.empty());
        int steps = recipe.get("steps").getAsInt();
        for (int step = 0; step < steps; step++) {
          int index = step;
          reports.add(training.step(micro -> golden.loss(watched, micro, index, embedding)));
          if (step == 0) {
            checkGradients(training.lastGradients());
          }
        }
        checkReports();
        assertThat(training.unreached())
            .containsExactlyInAnyOrderElementsOf(
                strings(run.getAsJsonArray("tensors_the_loss_does_not_reach")).stream()
                    .map(tensor -> "unet/" + tensor)
                    .toList());
        for (String untouched : training.unreached()) {
          assertThat(weights.current(untouched)).as(untouched).isEqualTo(before.get(untouched));
        }
      }
      golden.checkUpdate(name + ".after.", run.get("learning_rate").getAsDouble(), before);
    }

    private TokenizedPrompt prompt() {
      NDArray ids = golden.get("input_ids");
      assertThat(ids.getShape()).isEqualTo(new Shape(1, ids.size()));
      List<Integer> list = IntStream.of(ints(ids.toLongArray())).boxed().toList();
      int end = recipe.get("eot_column").getAsInt();
      assertThat(list.indexOf(sd.endOfText())).isEqualTo(end);
      return new TokenizedPrompt("the reference's prompt", list, end, "");
    }

    /** Finds the concept's columns by the tokens that stand in them. */
    private TokenPositions columns(TokenizedPrompt prompt, EosSelection endOfText) {
      List<Integer> expected =
          strings(recipe.getAsJsonArray("concept_columns")).stream().map(Integer::valueOf).toList();
      List<Integer> pieces = expected.stream().map(prompt.ids()::get).toList();
      assertThat(TokenPositions.find(prompt, pieces, EosSelection.NONE, sd.endOfText()).columns())
          .isEqualTo(expected);
      return TokenPositions.find(prompt, pieces, endOfText, sd.endOfText());
    }

    private ResteeringSettings settings() {
      JsonObject adamW = recipe.getAsJsonObject("adamw");
      return new ResteeringSettings(
          Settings.of(
              ResteeringSettings.parameters(List.of()),
              Map.of(
                  "trainable",
                  run.get("only_optimize_ca").getAsBoolean() ? "cross-attention" : "unet",
                  "end-of-text",
                  run.get("end_of_text").getAsString(),
                  "learning-rate",
                  run.get("learning_rate").getAsString(),
                  "weight-decay",
                  adamW.get("weight_decay").getAsString(),
                  "max-grad-norm",
                  adamW.get("max_grad_norm").getAsString())));
    }

    private void checkReports() {
      double worstLoss = 0;
      double worstNorm = 0;
      for (TrainingScope.StepReport report : reports) {
        double loss = run.getAsJsonArray("loss").get(report.step() - 1).getAsDouble();
        double norm =
            run.getAsJsonArray("grad_norm_before_clip").get(report.step() - 1).getAsDouble();
        worstLoss = Math.max(worstLoss, Math.abs(report.loss() - loss) / loss);
        worstNorm = Math.max(worstNorm, Math.abs(report.gradientNorm() - norm) / norm);
      }
      golden.print("loss", worstLoss);
      golden.print("gradient norm", worstNorm);
      assertThat(worstLoss).isLessThanOrEqualTo(LOSS);
      assertThat(worstNorm).isLessThanOrEqualTo(GRADIENT);
    }

    private void checkGradients(Map<String, float[]> gradients) {
      String prefix = name + ".clipped_grad.";
      double worst = 0;
      List<String> compared =
          golden.golden().keySet().stream().filter(k -> k.startsWith(prefix)).toList();
      assertThat(compared).isNotEmpty();
      for (String key : compared) {
        float[] expected = golden.get(key).toFloatArray();
        float[] found = gradients.get("unet/" + key.substring(prefix.length()));
        assertThat(found).as(key).hasSameSizeAs(expected);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
          difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
          largest = Math.max(largest, Math.abs(expected[i]));
        }
        worst = Math.max(worst, difference / largest);
      }
      golden.print("clipped gradients of step 1", worst);
      assertThat(worst).isLessThanOrEqualTo(GRADIENT);
    }
  }

  private static int[] ints(long[] values) {
    return IntStream.range(0, values.length).map(i -> Math.toIntExact(values[i])).toArray();
  }

  private static List<String> strings(JsonArray array) {
    List<String> strings = new ArrayList<>();
    for (JsonElement element : array) {
      strings.add(element.getAsString());
    }
    return strings;
  }

  private static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
