package dev.forgetmenot.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.evaluation.statistics.Holm;
import dev.forgetmenot.evaluation.statistics.SeedSpread;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Measures and statistics against NumPy's and SciPy's values in the folder {@code measures} of
 * {@code fmn.golden.dir}.
 */
class MeasuresGoldenTest {
  private static final double DOUBLE = 1e-9;
  private static final double FLOAT = 1e-6;

  private static JsonObject expected;
  private static SafetensorsFile inputs;

  @BeforeAll
  static void open() throws IOException {
    Path folder = GoldenFolders.folder("measures");
    expected =
        JsonParser.parseString(Files.readString(folder.resolve("measures.json"))).getAsJsonObject();
    inputs = SafetensorsFile.open(folder.resolve("measures.safetensors"), SafetensorsLimits.MODEL);
  }

  @AfterAll
  static void close() throws IOException {
    inputs.close();
  }

  @Test
  void cmmd() throws IOException {
    Cmmd found = Cmmd.of(rows("x"), rows("y"));
    JsonObject cmmd = expected.getAsJsonObject("cmmd");
    near(found.biased(), cmmd.get("biased"), FLOAT);
    near(found.unbiased(), cmmd.get("unbiased"), FLOAT);
  }

  @Test
  void kid() throws IOException {
    JsonObject kid = expected.getAsJsonObject("kid");
    int[] first = IntStream.range(0, kid.get("rows").getAsInt()).toArray();
    near(Kid.of(rows("x").rows(first), rows("y").rows(first), 0), kid.get("value"), FLOAT);
  }

  @Test
  void diversity() throws IOException {
    JsonObject diversity = expected.getAsJsonObject("diversity");
    near(Diversity.ofPairs(rows("x")), diversity.get("x"), FLOAT);
    near(Diversity.ofPairs(rows("y")), diversity.get("y"), FLOAT);
  }

  @Test
  void labelEntropy() {
    JsonObject entropy = expected.getAsJsonObject("label_entropy");
    List<String> labels = stream("label_entropy", "labels").map(JsonElement::getAsString).toList();
    near(
        Diversity.ofLabels(labels, entropy.get("of").getAsInt()),
        entropy.get("normalised"),
        DOUBLE);
  }

  @Test
  void clipScore() throws IOException {
    near(ClipScore.of(rows("x"), rows("text")), expected.get("clip_score"), FLOAT);
  }

  @Test
  void intervals() {
    for (JsonElement element : expected.getAsJsonArray("intervals")) {
      JsonObject row = element.getAsJsonObject();
      Count count = new Count(row.get("k").getAsInt(), row.get("n").getAsInt());
      near(count.wilson(), row.getAsJsonArray("wilson"));
      near(count.clopperPearson(), row.getAsJsonArray("clopper_pearson"));
    }
  }

  @Test
  void mcNemar() {
    for (JsonElement element : expected.getAsJsonArray("mcnemar")) {
      JsonObject row = element.getAsJsonObject();
      near(
          ExactTest.mcNemar(row.get("b").getAsInt(), row.get("c").getAsInt()),
          row.get("p"),
          DOUBLE);
    }
  }

  @Test
  void fisher() {
    for (JsonElement element : expected.getAsJsonArray("fisher_greater")) {
      JsonObject row = element.getAsJsonObject();
      Count found = new Count(row.get("k").getAsInt(), row.get("n").getAsInt());
      Count floor = new Count(row.get("floor_k").getAsInt(), row.get("floor_n").getAsInt());
      near(ExactTest.fisherGreater(found, floor), row.get("p"), DOUBLE);
    }
  }

  @Test
  void holm() {
    List<Double> values = stream("holm", "p").map(JsonElement::getAsDouble).toList();
    List<Double> adjusted = Holm.adjusted(values);
    JsonArray wanted = expected.getAsJsonObject("holm").getAsJsonArray("adjusted");
    assertThat(adjusted).hasSize(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      near(adjusted.get(i), wanted.get(i), DOUBLE);
    }
  }

  @Test
  void spreadOverSeeds() {
    JsonObject wanted = expected.getAsJsonObject("t_interval_5");
    SeedSpread spread =
        SeedSpread.of(stream("t_interval_5", "values").map(JsonElement::getAsDouble).toList());
    near(spread.mean(), wanted.get("mean"), DOUBLE);
    near(spread.deviation(), wanted.get("sd"), DOUBLE);
    near(spread.interval(), wanted.getAsJsonArray("interval"));
  }

  @Test
  void harmonicMeans() {
    for (JsonElement element : expected.getAsJsonArray("harmonic")) {
      JsonObject row = element.getAsJsonObject();
      double targets = row.get("acc_e").getAsDouble();
      double retained = row.get("acc_s").getAsDouble();
      near(HarmonicMean.of(targets, retained), row.get("h2"), DOUBLE);
      near(
          HarmonicMean.of(targets, retained, row.get("acc_g").getAsDouble()),
          row.get("h3"),
          DOUBLE);
    }
  }

  @Test
  void textSide() throws IOException {
    JsonObject wanted = expected.getAsJsonObject("text_side");
    List<Matrix> base = new ArrayList<>();
    List<Matrix> patched = new ArrayList<>();
    for (int l = 0; inputs.tensors().containsKey("w." + l); l++) {
      base.add(matrix("w." + l));
      patched.add(matrix("patched." + l));
    }
    TextSide side = new TextSide(base, patched);
    near(
        side.residual(matrix("concept").transposed(), matrix("guide").transposed()),
        wanted.get("residual"),
        DOUBLE);
    double[] drift = side.drift(matrix("nouns").transposed());
    JsonArray drifts = wanted.getAsJsonArray("drift");
    assertThat(drift).hasSize(drifts.size());
    for (int i = 0; i < drift.length; i++) {
      near(drift[i], drifts.get(i), DOUBLE);
    }
    near(TextSide.conditioning(matrix("i_plus_d")), wanted.get("conditioning"), DOUBLE);
  }

  private static UnitRows rows(String name) throws IOException {
    int width = shape(name)[1];
    float[] values = inputs.floats(name);
    return UnitRows.of(
        IntStream.range(0, values.length / width)
            .mapToObj(i -> Arrays.copyOfRange(values, i * width, (i + 1) * width))
            .toList());
  }

  private static Matrix matrix(String name) throws IOException {
    int[] shape = shape(name);
    return Matrix.of(shape[0], shape[1], inputs.doubles(name));
  }

  private static int[] shape(String name) {
    return LongStream.of(inputs.tensors().get(name).shape()).mapToInt(Math::toIntExact).toArray();
  }

  private static Stream<JsonElement> stream(String object, String array) {
    return StreamSupport.stream(
        expected.getAsJsonObject(object).getAsJsonArray(array).spliterator(), false);
  }

  private static void near(Interval interval, JsonArray wanted) {
    near(interval.low(), wanted.get(0), DOUBLE);
    near(interval.high(), wanted.get(1), DOUBLE);
  }

  private static void near(double value, JsonElement wanted, double relative) {
    double expected = wanted.getAsDouble();
    assertThat(value).isCloseTo(expected, within(Math.max(1e-12, relative * Math.abs(expected))));
  }
}
