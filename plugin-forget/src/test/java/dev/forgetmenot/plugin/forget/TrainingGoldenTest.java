package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.TokenPositions;
import dev.forgetmenot.kit.train.AblationLoss;
import dev.forgetmenot.kit.train.AttentionNormLoss.Watched;
import dev.forgetmenot.kit.train.PixelMask;
import dev.forgetmenot.kit.train.PreservationLoss;
import dev.forgetmenot.kit.train.PromptEmbeddings;
import dev.forgetmenot.kit.train.ResteeringLoss;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses, adapters and the preservation term against PyTorch; training_reference.py says how. */
class TrainingGoldenTest {
  private static final double LOSS = 1e-5; // relative
  private static final double NORM = 1e-4; // relative
  private static final double UPDATE = 1e-2; // relative L2 distance of what was trained
  private static final double SMALL_LOSS = 3e-4; // of differences of nearly equal predictions
  private static final Path FOLDER = GoldenFolders.inProject("testkit/fixtures/sd1-tiny");

  private final Map<String, NDArray> golden = new HashMap<>();
  private JsonObject report;
  private StableDiffusion sd;
  private PreservationLoss preservation;

  @ParameterizedTest
  @ValueSource(strings = {"lora", "masked", "batch-2", "preserve", "esd", "ablate", "ablate-lora"})
  void followsPyTorch(String name) throws IOException {
    report =
        JsonParser.parseString(Files.readString(FOLDER.resolve("golden/training.json")))
            .getAsJsonObject();
    try (StableDiffusion loaded =
        StableDiffusion.load(FOLDER.resolve("model"), LoadOptions.defaults())) {
      sd = loaded;
      sd.engine()
          .<Void, IOException>call(
              () -> {
                try (NDManager manager = sd.newManager()) {
                  read(manager, "resteer");
                  read(manager, "training");
                  check(name, report.getAsJsonObject("runs").getAsJsonObject(name));
                }
                return null;
              });
    }
  }

  private void read(NDManager manager, String file) throws IOException {
    try (InputStream in = Files.newInputStream(FOLDER.resolve("golden/" + file + ".safetensors"))) {
      for (NDArray array : NDList.decode(manager, in)) {
        golden.put(array.getName(), array.duplicate());
      }
    }
  }

  private void check(String name, JsonObject run) {
    double rate = run.get("learning_rate").getAsDouble();
    TrainingOptions options =
        TrainingOptions.adamW(weight -> weight.contains("attn2"), rate).keepingBase();
    if (name.endsWith("lora")) {
      options = options.adapting(new LoraOptions(2, 4, 5));
    }
    Map<String, float[]> before = new LinkedHashMap<>();
    try (PromptEmbeddings prompts =
            new PromptEmbeddings(sd, List.of(prompt("input_ids"), empty(), prompt("other_ids")));
        PreservationLoss kept = new PreservationLoss(sd, List.of(prompt("other_ids")), 50, 0);
        TrainingScope scope = sd.train(options)) {
      preservation = kept;
      sd.weights().names().stream()
          .filter(weight -> weight.contains("attn2"))
          .forEach(weight -> before.put(weight, sd.weights().current(weight)));
      double worstLoss = 0;
      double worstNorm = 0;
      for (int step = 0; step < report.get("steps").getAsInt(); step++) {
        int index = step;
        TrainingScope.StepReport found =
            scope.step(manager -> loss(name, scope, prompts, manager, index));
        double loss = run.getAsJsonArray("loss").get(step).getAsDouble();
        double norm = run.getAsJsonArray("grad_norm_before_clip").get(step).getAsDouble();
        worstLoss = Math.max(worstLoss, Math.abs(found.loss() - loss) / loss);
        worstNorm = Math.max(worstNorm, Math.abs(found.gradientNorm() - norm) / norm);
      }
      double distance = distance(name, scope, before);
      System.err.printf(
          "numerics: training %s: loss %.2e, gradient norm %.2e, update %.2e%n",
          name, worstLoss, worstNorm, distance);
      // At the first step what is kept has not changed, and its gradient is 0 in every element:
      // then
      // PyTorch counts a step for weights that only it reaches, and a training session does not.
      boolean small = !List.of("lora", "masked", "batch-2").contains(name);
      assertThat(worstLoss).isLessThanOrEqualTo(small ? SMALL_LOSS : LOSS);
      assertThat(worstNorm).isLessThanOrEqualTo(small ? SMALL_LOSS : NORM);
      assertThat(distance).isLessThanOrEqualTo(UPDATE);
    }
  }

  private NDArray loss(
      String name, TrainingScope scope, PromptEmbeddings prompts, NDManager manager, int step) {
    NDArray x = noisy(manager, step);
    double[] t = {timestep(step)};
    return switch (name) {
      case "lora" -> resteer(prompts, x, t, Optional.empty());
      case "masked" -> resteer(prompts, x, t, Optional.of(mask()));
      case "batch-2" -> {
        int second = (step + 1) % report.get("steps").getAsInt();
        NDArray both = x.concat(noisy(manager, second), 0);
        yield resteer(prompts, both, new double[] {t[0], timestep(second)}, Optional.empty());
      }
      case "preserve" ->
          preservation.add(resteer(prompts, x, t, Optional.empty()), scope, x, t, step);
      case "esd" ->
          new EsdLoss(sd, scope, 2)
              .of(x, t, prompts.batch(manager, List.of(0)), prompts.batch(manager, List.of(1)));
      default ->
          new AblationLoss(sd, scope)
              .of(x, t, prompts.batch(manager, List.of(0)), prompts.batch(manager, List.of(2)));
    };
  }

  private NDArray resteer(
      PromptEmbeddings prompts, NDArray x, double[] t, Optional<PixelMask> mask) {
    List<Integer> columns =
        IntStream.range(0, report.getAsJsonArray("columns").size())
            .map(i -> report.getAsJsonArray("columns").get(i).getAsInt())
            .boxed()
            .toList();
    List<Integer> same = Collections.nCopies(t.length, 0);
    return ResteeringLoss.of(
            sd,
            x,
            t,
            prompts.batch(x.getManager(), same),
            Collections.nCopies(t.length, new Watched(new TokenPositions(columns), mask)))
        .value();
  }

  private PixelMask mask() {
    NDArray mask = golden.get("mask");
    return new PixelMask((int) mask.getShape().get(0), mask.toFloatArray());
  }

  private NDArray noisy(NDManager manager, int step) {
    NDArray latents = golden.get("latents").get(step);
    NDArray noise = golden.get("noise").get(step);
    latents.attach(manager);
    noise.attach(manager);
    return sd.noiseSchedule().addNoise(latents, noise, new int[] {timestep(step)});
  }

  private int timestep(int step) {
    return Math.toIntExact(golden.get("timesteps").toLongArray()[step]);
  }

  private TokenizedPrompt prompt(String ids) {
    List<Integer> list =
        LongStream.of(golden.get(ids).toLongArray()).mapToObj(Math::toIntExact).toList();
    return new TokenizedPrompt("the reference's", list, list.indexOf(sd.endOfText()), "");
  }

  private TokenizedPrompt empty() {
    return sd.tokenize("");
  }

  /** Of everything that the reference has kept: its distance to ours, by the update's length. */
  private double distance(String name, TrainingScope scope, Map<String, float[]> before) {
    String prefix = name + ".after.";
    Map<String, LowRank> adapters = scope.adapters();
    double off = 0;
    double length = 0;
    for (String key : golden.keySet()) {
      if (!key.startsWith(prefix)) {
        continue;
      }
      String weight = "unet/" + key.substring(prefix.length());
      float[] expected = golden.get(key).toFloatArray();
      float[] start = new float[expected.length]; // an adapter is new as a whole
      float[] found;
      if (weight.contains(".lora_")) {
        LowRank factors = adapters.get(weight.replaceAll("lora_[AB].", ""));
        found = weight.contains("lora_A") ? factors.down() : factors.up();
      } else {
        found = sd.weights().current(weight);
        start = before.get(weight);
      }
      assertThat(found).as(weight).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        off += Math.pow((double) found[i] - expected[i], 2);
        length += Math.pow((double) expected[i] - start[i], 2);
      }
    }
    assertThat(length).isPositive();
    return Math.sqrt(off / length);
  }
}
