package dev.forgetmenot.kit.inversion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
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

/**
 * Concept inversion with given latents, noise and timesteps against PyTorch.
 *
 * <p>The fixtures' plain run keeps the rows where they began, so there only its losses can be
 * compared; {@code plain.py} did the run again with an optimizer that moves them.
 */
class InversionGoldenTest {
  private static final double LOSS = 1e-5; // relative
  private static final double UPDATE = 1e-3; // of the update so far, L2

  /**
   * What a run should give.
   *
   * @param embeddings after each step, one row behind the other
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Reference(double[] losses, float[][] embeddings) {
    static Reference of(JsonObject run) {
      JsonArray steps = run.getAsJsonArray("embeddings");
      float[][] embeddings =
          IntStream.range(0, steps.size())
              .mapToObj(i -> floats(steps.get(i).getAsJsonArray()))
              .toArray(float[][]::new);
      return new Reference(losses(run), embeddings);
    }

    static double[] losses(JsonObject run) {
      return run.getAsJsonArray("loss").asList().stream()
          .mapToDouble(JsonElement::getAsDouble)
          .toArray();
    }

    private static float[] floats(JsonArray array) {
      float[] floats = new float[array.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = array.get(i).getAsFloat();
      }
      return floats;
    }

    /** Whether the rows stay where they began. */
    boolean still(float[] initial) {
      return Arrays.stream(embeddings).allMatch(rows -> Arrays.equals(rows, initial));
    }
  }

  @TestFactory
  Stream<DynamicTest> runsOfTheFixtures() {
    return GoldenFolders.folders().stream()
        .flatMap(
            folder -> {
              JsonObject runs =
                  json(folder.resolve("golden/inversion.json")).getAsJsonObject("runs");
              return runs.keySet().stream()
                  .map(
                      run ->
                          test(
                              folder,
                              run,
                              runs.getAsJsonObject(run),
                              golden -> {
                                double[] losses = Reference.losses(runs.getAsJsonObject(run));
                                float[] flat = golden.floats(run + ".embeddings");
                                int size = flat.length / losses.length;
                                float[][] steps = new float[losses.length][];
                                for (int i = 0; i < steps.length; i++) {
                                  steps[i] = Arrays.copyOfRange(flat, i * size, (i + 1) * size);
                                }
                                return new Reference(losses, steps);
                              }));
            });
  }

  @TestFactory
  Stream<DynamicTest> plainRunsThatMove() throws URISyntaxException {
    JsonObject all = json(Path.of(InversionGoldenTest.class.getResource("plain.json").toURI()));
    return all.keySet().stream()
        .map(
            name -> {
              Path folder = GoldenFolders.inProject("testkit/fixtures/" + name);
              JsonObject plain =
                  json(folder.resolve("golden/inversion.json"))
                      .getAsJsonObject("runs")
                      .getAsJsonObject("plain");
              return test(
                  folder, "moving", plain, golden -> Reference.of(all.getAsJsonObject(name)));
            });
  }

  /** Reads a reference. */
  private interface ReferenceReader {
    Reference read(SafetensorsFile golden) throws IOException;
  }

  private static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DynamicTest test(
      Path folder, String name, JsonObject run, ReferenceReader reference) {
    return DynamicTest.dynamicTest(
        folder.getFileName() + " " + name,
        () -> {
          try (StableDiffusion sd =
                  StableDiffusion.load(folder.resolve("model"), LoadOptions.defaults());
              SafetensorsFile golden =
                  SafetensorsFile.open(
                      folder.resolve("golden/inversion.safetensors"), SafetensorsLimits.MODEL)) {
            Comparison comparison =
                new Comparison(
                    folder.getFileName() + " inversion " + name,
                    sd,
                    golden,
                    run,
                    reference.read(golden));
            sd.engine()
                .<Void, IOException>call(
                    () -> {
                      comparison.check();
                      return null;
                    });
          }
        });
  }

  /** One run of the reference, done again. */
  private static final class Comparison {
    private final String title;
    private final StableDiffusion sd;
    private final SafetensorsFile golden;
    private final JsonObject run;
    private final Reference reference;

    Comparison(
        String title,
        StableDiffusion sd,
        SafetensorsFile golden,
        JsonObject run,
        Reference reference) {
      this.title = title;
      this.sd = sd;
      this.golden = golden;
      this.run = run;
      this.reference = reference;
    }

    void check() throws IOException {
      float[] flat = golden.floats("initial");
      float[][] initial = split(flat);
      List<String> names =
          IntStream.rangeClosed(1, initial.length).mapToObj(i -> "<s" + i + ">").toList();
      TextualInversionSettings settings = settings();
      InversionLoss loss = new InversionLoss(sd);
      double worstLoss = 0;
      double worstUpdate = 0;
      try (AddedTokens tokens = sd.addTokens(names, initial)) {
        TrainingOptions options = settings.training(tokens.weight());
        try (TrainingScope scope = sd.train(options)) {
          Optional<NormDecay> decay = settings.normDecay(0);
          for (int step = 0; step < reference.losses.length; step++) {
            int index = step;
            TrainingScope.StepReport report = scope.step(micro -> loss(loss, micro, index));
            decay.ifPresent(norm -> norm.apply(tokens, options, report.step()));
            double found = report.loss();
            double expected = reference.losses[step];
            worstLoss = Math.max(worstLoss, Math.abs(found - expected) / expected);
            if (reference.still(flat)) {
              tokens.set(initial);
            } else {
              float[] rows = reference.embeddings[step];
              double update = distance(flat, rows);
              worstUpdate = Math.max(worstUpdate, distance(join(tokens.vectors()), rows) / update);
            }
          }
        }
      }
      print("loss", worstLoss);
      print("update", worstUpdate);
      assertThat(worstLoss).isLessThanOrEqualTo(LOSS);
      assertThat(worstUpdate).isLessThanOrEqualTo(UPDATE);
    }

    private NDArray loss(InversionLoss loss, NDManager micro, int step) {
      try {
        NDArray latents = array(micro, "latents", step);
        NDArray noise = array(micro, "noise", step);
        TextCondition context = sd.encodePrompts(List.of(prompt()));
        context.attach(micro);
        int timestep = Math.toIntExact(golden.longs("timesteps")[step]);
        return loss.of(latents, noise, timestep, context, mask());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
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

    private float[][] split(float[] flat) {
      int width = (int) golden.tensors().get("initial").shape()[1];
      return IntStream.range(0, flat.length / width)
          .mapToObj(i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width))
          .toArray(float[][]::new);
    }

    private float[] slice(String tensor, int index, int size) throws IOException {
      return Arrays.copyOfRange(golden.floats(tensor), index * size, (index + 1) * size);
    }

    private TextualInversionSettings settings() {
      Map<String, String> given = new HashMap<>();
      given.put("learning-rate", run.get("learning_rate").getAsString());
      given.put("weight-decay", run.get("weight_decay").getAsString());
      given.put("norm-target", run.get("norm_target").getAsString());
      given.put("no-norm-decay", Boolean.toString(!run.get("clip_ti_decay").getAsBoolean()));
      return new TextualInversionSettings(
          Settings.of(TextualInversionSettings.parameters(), given));
    }

    private void print(String what, double error) {
      System.out.printf("numerics: %s %s %.2e%n", title, what, error);
    }
  }

  private static float[] join(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return flat;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
