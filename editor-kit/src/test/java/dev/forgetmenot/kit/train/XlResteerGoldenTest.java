package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
                  check(recipe, sd, ResteerReference.read(folder, "resteer", sd, manager));
                  return null;
                }
              });
    }
  }

  private static TokenizedPrompt prompt(StableDiffusion sd, ResteerReference golden) {
    List<Integer> first = ids(golden.get("input_ids"));
    List<Integer> second = ids(golden.get("input_ids_2"));
    int end = first.indexOf(sd.endOfText());
    TokenizedPrompt other = new TokenizedPrompt("the reference's", second, end, "");
    return new TokenizedPrompt("the reference's", first, end, "", List.of(other));
  }

  private static List<Integer> ids(NDArray array) {
    return LongStream.of(array.toLongArray()).mapToObj(Math::toIntExact).toList();
  }

  private static void check(Recipe recipe, StableDiffusion sd, ResteerReference golden) {
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
        losses.add(training.step(micro -> golden.loss(watched, micro, index, embedding)).loss());
      }
    }
    double worst = 0;
    for (int step = 0; step < losses.size(); step++) {
      double expected = recipe.loss().get(step);
      worst = Math.max(worst, Math.abs(losses.get(step) - expected) / expected);
    }
    golden.print("loss", worst);
    assertThat(worst).isLessThanOrEqualTo(LOSS);
    golden.checkUpdate(AFTER, recipe.learning_rate(), before);
  }
}
