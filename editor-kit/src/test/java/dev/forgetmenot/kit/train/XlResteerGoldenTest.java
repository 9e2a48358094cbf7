package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.TokenPositions;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Re-steering of a model with two text encoders against PyTorch. */
class XlResteerGoldenTest {
  private static final double LOSS = 1e-5; // relative
  private static final double UPDATE = 1e-2; // relative L2 distance of the whole update
  private static final double SHARE = 0.995; // of elements near enough to the reference
  private static final String AFTER = "after.";

  record Recipe(List<Integer> concept_columns, double learning_rate, List<Double> loss) {}

  @TestFactory
  Stream<DynamicTest> runs() {
    return GoldenFolders.all().stream()
        .filter(GoldenFolders::hasTwoTextEncoders)
        .map(
            folder ->
                DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
  }

  private static void check(Path folder) throws IOException {
    Recipe recipe =
        new Gson().fromJson(Files.readString(folder.resolve("golden/resteer.json")), Recipe.class);
    try (StableDiffusion sd =
        StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults())) {
      sd.engine()
          .<Void, IOException>call(
              () -> {
                try (NDManager manager = sd.newManager()) {
                  check(folder, recipe, sd, golden(folder, manager));
                  return null;
                }
              });
    }
  }

  private static Map<String, NDArray> golden(Path folder, NDManager manager) throws IOException {
    Map<String, NDArray> golden = new HashMap<>();
    try (InputStream in = Files.newInputStream(folder.resolve("golden/resteer.safetensors"))) {
      for (NDArray array : NDList.decode(manager, in)) {
        golden.put(array.getName(), array);
        array.setName(null);
      }
    }
    return golden;
  }

  private static TokenizedPrompt prompt(StableDiffusion sd, Map<String, NDArray> golden) {
    List<Integer> first = ids(golden.get("input_ids"));
    List<Integer> second = ids(golden.get("input_ids_2"));
    int end = first.indexOf(sd.endOfText());
    TokenizedPrompt other = new TokenizedPrompt("the reference's", second, end, "");
    return new TokenizedPrompt("the reference's", first, end, "", List.of(other));
  }

  private static List<Integer> ids(NDArray array) {
    return LongStream.of(array.toLongArray()).mapToObj(Math::toIntExact).toList();
  }

  private static void check(
      Path folder, Recipe recipe, StableDiffusion sd, Map<String, NDArray> golden) {
    TokenizedPrompt prompt = prompt(sd, golden);
    List<Integer> pieces = recipe.concept_columns().stream().map(prompt.ids()::get).toList();
    TokenPositions columns = TokenPositions.find(prompt, pieces, EosSelection.NONE, sd.endOfText());
    assertThat(columns.columns()).isEqualTo(recipe.concept_columns());
    ResteeringSettings settings =
        new ResteeringSettings(
            Settings.of(
                ResteeringSettings.parameters(List.of()),
                Map.of(
                    "trainable", "cross-attention",
                    "end-of-text", "none",
                    "learning-rate", String.valueOf(recipe.learning_rate()))));
    Map<String, float[]> before = new LinkedHashMap<>();
    List<Double> losses = new ArrayList<>();
    try (TextCondition embedding = sd.encodePrompts(List.of(prompt));
        TrainingScope training = sd.train(settings.training(sd, Optional.empty()))) {
      training.trainable().forEach(name -> before.put(name, sd.weights().current(name)));
      AttentionNormLoss.Watched watched = new AttentionNormLoss.Watched(columns, Optional.empty());
      for (int step = 0; step < recipe.loss().size(); step++) {
        int index = step;
        losses.add(
            training.step(micro -> loss(sd, golden, watched, micro, index, embedding)).loss());
      }
    }
    double worst = 0;
    for (int step = 0; step < losses.size(); step++) {
      double expected = recipe.loss().get(step);
      worst = Math.max(worst, Math.abs(losses.get(step) - expected) / expected);
    }
    print(folder, "loss", worst);
    assertThat(worst).isLessThanOrEqualTo(LOSS);
    checkUpdate(folder, recipe, sd, golden, before);
  }

  private static NDArray loss(
      StableDiffusion sd,
      Map<String, NDArray> golden,
      AttentionNormLoss.Watched watched,
      NDManager micro,
      int step,
      TextCondition embedding) {
    NDArray latents = golden.get("latents").get(step);
    NDArray noise = golden.get("noise").get(step);
    TextCondition context = TextCondition.concat(List.of(embedding));
    context.attach(micro);
    List.of(latents, noise).forEach(array -> array.attach(micro));
    int timestep = Math.toIntExact(golden.get("timesteps").toLongArray()[step]);
    NDArray noisy = sd.noiseSchedule().addNoise(latents, noise, new int[] {timestep});
    return ResteeringLoss.of(sd, noisy, new double[] {timestep}, context, List.of(watched)).value();
  }

  private static void checkUpdate(
      Path folder,
      Recipe recipe,
      StableDiffusion sd,
      Map<String, NDArray> golden,
      Map<String, float[]> before) {
    double tolerance = recipe.learning_rate() / 100;
    double difference = 0;
    double length = 0;
    long near = 0;
    long all = 0;
    for (Map.Entry<String, NDArray> entry : golden.entrySet()) {
      if (!entry.getKey().startsWith(AFTER)) {
        continue;
      }
      String weight = "unet/" + entry.getKey().substring(AFTER.length());
      float[] expected = entry.getValue().toFloatArray();
      float[] found = sd.weights().current(weight);
      float[] start = before.get(weight);
      for (int i = 0; i < found.length; i++) {
        double off = (double) found[i] - expected[i];
        difference += off * off;
        length += Math.pow((double) expected[i] - start[i], 2);
        near += Math.abs(off) <= tolerance + 2.0 * Math.ulp(expected[i]) ? 1 : 0;
        all++;
      }
    }
    assertThat(length).isPositive();
    double distance = Math.sqrt(difference / length);
    print(folder, "update's relative L2 distance", distance);
    print(folder, "share of elements that are off", 1 - (double) near / all);
    assertThat(distance).isLessThanOrEqualTo(UPDATE);
    assertThat((double) near / all).isGreaterThanOrEqualTo(SHARE);
  }

  private static void print(Path folder, String what, double error) {
    System.err.printf("numerics: %s resteer: %s %.2e%n", folder.getFileName(), what, error);
  }
}
