package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of adapters beside LoRA, against their formulas in plain loops. */
class LoraFormsTest extends LoraFiles {
  @Test
  void lohaIsTheProductOfTwoProducts() throws IOException {
    String stem = kohya(KEYS);
    double[] found = changes(number(loha(stem), stem + ".alpha", 6)).get(target(KEYS));
    assertThat(Dense.apart(hadamard(3), found)).isLessThan(CLOSE);
    try (LoraFile file = LoraFile.read("a", ByteBuffer.wrap(loha(stem).toBytes()))) {
      List<PatchEdit> edits = LoraImport.edits(file, base, Map.of());
      // (2 · 2) · (32 + 32) values are fewer than 32 · 32.
      assertThat(((LowRankEdit) edits.get(0)).factors().get(target(KEYS)).rank()).isEqualTo(4);
    }
  }

  @Test
  void theLibrarysLohaHasItsAlphaInTheConfiguration() throws IOException {
    double[] found =
        library(
                "{\"peft_type\": \"LOHA\", \"r\": 2, \"alpha\": 6}",
                loha("base_model.model." + KEYS))
            .get(target(KEYS));
    assertThat(Dense.apart(hadamard(3), found)).isLessThan(CLOSE);
  }

  @Test
  void lohaWithCores() throws IOException {
    int out = (int) base.shape("unet", CONV + ".weight")[0];
    int in = (int) base.shape("unet", CONV + ".weight")[1];
    String stem = kohya(CONV);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (long i = 1; i <= 2; i++) {
      add(writer, stem + ".hada_w" + i + "_a", 10 * i, 2, out);
      add(writer, stem + ".hada_w" + i + "_b", 10 * i + 1, 2, in);
      add(writer, stem + ".hada_t" + i, 10 * i + 2, 2, 2, 3, 3);
    }
    double[] first = tucker(10, out, in);
    double[] second = tucker(20, out, in);
    double[] found = changes(writer).get(target(CONV));
    assertThat(Dense.apart(filled(found.length, i -> first[i] * second[i]), found))
        .isLessThan(CLOSE);
  }

  /** Sum over i, j of t (i, j, k, l) · b (j, r) · a (i, p), for rows p and columns (r, k, l). */
  private static double[] tucker(long seed, int out, int in) {
    float[] a = Dense.random(seed, 2, out);
    float[] b = Dense.random(seed + 1, 2, in);
    float[] t = Dense.random(seed + 2, 2, 2, 3, 3);
    double[] values = new double[out * in * 9];
    for (int p = 0; p < out; p++) {
      for (int r = 0; r < in; r++) {
        for (int k = 0; k < 9; k++) {
          for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
              values[(p * in + r) * 9 + k] +=
                  (double) t[(i * 2 + j) * 9 + k] * b[j * in + r] * a[i * out + p];
            }
          }
        }
      }
    }
    return values;
  }

  @Test
  void lokrOfFullMatricesHasNoScaleButTheLibrarys() throws IOException {
    String stem = kohya(KEYS);
    float[] one = Dense.random(1, 4, 4);
    float[] two = Dense.random(2, 8, 8);
    double[] expected =
        filled(
            SIDE * SIDE,
            e -> {
              int row = e / SIDE;
              int column = e % SIDE;
              return (double) one[row / 8 * 4 + column / 8] * two[row % 8 * 8 + column % 8];
            });
    double[] found = changes(number(full(stem), stem + ".alpha", 7)).get(target(KEYS));
    assertThat(Dense.apart(expected, found)).isLessThan(CLOSE);
    double[] scaled =
        library(
                "{\"peft_type\": \"LOKR\", \"r\": 4, \"alpha\": 2}",
                full("base_model.model." + KEYS))
            .get(target(KEYS));
    assertThat(Dense.apart(filled(expected.length, i -> expected[i] / 2), scaled))
        .isLessThan(CLOSE);
  }

  private static SafetensorsWriter full(String stem) {
    return add(
        add(new SafetensorsWriter(), stem + ".lokr_w1", 1, 4, 4), stem + ".lokr_w2", 2, 8, 8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lokrOfFactorsWithAndWithoutACore(boolean core) throws IOException {
    int out = (int) base.shape("unet", CONV + ".weight")[0];
    int in = (int) base.shape("unet", CONV + ".weight")[1];
    int rows = out / 4;
    int columns = in / 4;
    String stem = kohya(CONV);
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, stem + ".lokr_w1_a", 1, 4, 2);
    add(writer, stem + ".lokr_w1_b", 2, 2, 4);
    double[] second;
    if (core) {
      add(writer, stem + ".lokr_w2_a", 30, 2, rows);
      add(writer, stem + ".lokr_w2_b", 31, 2, columns);
      add(writer, stem + ".lokr_t2", 32, 2, 2, 3, 3);
      second = tucker(30, rows, columns);
    } else {
      add(writer, stem + ".lokr_w2_a", 3, rows, 2);
      add(writer, stem + ".lokr_w2_b", 4, 2, columns, 3, 3);
      second =
          Dense.product(
              1, rows, 2, columns * 9, Dense.random(3, rows, 2), Dense.random(4, 2, columns, 3, 3));
    }
    double[] first = Dense.product(0.5, 4, 2, 4, Dense.random(1, 4, 2), Dense.random(2, 2, 4));
    double[] expected =
        filled(
            out * in * 9,
            e -> {
              int row = e / (in * 9);
              int column = e / 9 % in;
              double inner = second[(row % rows * columns + column % columns) * 9 + e % 9];
              return first[row / rows * 4 + column / columns] * inner;
            });
    double[] found = changes(number(writer, stem + ".alpha", 1)).get(target(CONV));
    assertThat(Dense.apart(expected, found)).isLessThan(CLOSE);
  }

  @ParameterizedTest
  @CsvSource({"dora_scale, true", "dora_scale, false", "lora_magnitude_vector, true"})
  void doraHasTheNormsOfTheFileByOutputOrByInput(String ending, boolean outputs)
      throws IOException {
    String stem = kohya(KEYS);
    float[] norms = Dense.random(8, SIDE);
    long[] shape = outputs ? new long[] {SIDE, 1} : new long[] {1, SIDE};
    SafetensorsWriter writer = pair(stem).add(stem + "." + ending, DType.F32, shape, norms);
    double[] before = weight(KEYS);
    double[] change = product(2);
    double[] moved = filled(before.length, i -> before[i] + change[i]);
    double[] squares = new double[SIDE];
    for (int i = 0; i < moved.length; i++) {
      squares[outputs ? i / SIDE : i % SIDE] += moved[i] * moved[i];
    }
    double[] expected =
        filled(
            moved.length,
            i -> {
              int at = outputs ? i / SIDE : i % SIDE;
              return moved[i] * norms[at] / Math.sqrt(squares[at]) - before[i];
            });
    double[] found = changes(number(writer, stem + ".alpha", 4)).get(target(KEYS));
    assertThat(Dense.apart(expected, found)).isLessThan(CLOSE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void ia3ScalesOutputsOrInputs(int onInput) throws IOException {
    String stem = kohya(OUT);
    float[] vector = Dense.random(5, SIDE);
    double[] before = weight(OUT);
    SafetensorsWriter writer =
        number(
            new SafetensorsWriter().add(stem + ".weight", DType.F32, new long[] {SIDE}, vector),
            stem + ".on_input",
            onInput);
    double[] expected =
        filled(before.length, i -> before[i] * vector[onInput == 1 ? i % SIDE : i / SIDE]);
    Map<String, double[]> found = changes(writer);
    assertThat(found).containsOnlyKeys(target(OUT));
    assertThat(Dense.apart(expected, found.get(target(OUT)))).isLessThan(CLOSE);

    long[] shape = onInput == 1 ? new long[] {1, SIDE} : new long[] {SIDE, 1};
    Map<String, double[]> library =
        library(
            "{\"peft_type\": \"IA3\"}",
            new SafetensorsWriter()
                .add("base_model.model." + OUT + ".ia3_l", DType.F32, shape, vector));
    double[] factor =
        filled(before.length, i -> before[i] * (vector[onInput == 1 ? i % SIDE : i / SIDE] - 1));
    assertThat(Dense.apart(factor, library.get(target(OUT)))).isLessThan(CLOSE);
    assertThat(library.containsKey("unet/" + OUT + ".bias")).isEqualTo(onInput == 0);
  }

  @Test
  void biasesOfFactorsAndTrainedOnes() throws IOException {
    String stem = "base_model.model." + OUT;
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, stem + ".lora_A.weight", 1, 2, SIDE);
    add(writer, stem + ".lora_B.weight", 2, SIDE, 2);
    add(writer, stem + ".lora_B.bias", 3, SIDE);
    add(writer, "base_model.model.conv_in.bias", 4, base.shape("unet", "conv_in.bias"));
    Map<String, double[]> found = library("{\"lora_alpha\": 8, \"lora_bias\": true}", writer);
    float[] bias = Dense.random(3, SIDE);
    assertThat(found.get("unet/" + OUT + ".bias")).containsExactly(filled(SIDE, i -> 4f * bias[i]));
    float[] before = base.floats("unet", "conv_in.bias");
    float[] after = Dense.random(4, before.length);
    assertThat(found.get("unet/conv_in.bias"))
        .containsExactly(filled(before.length, i -> (float) ((double) after[i] - before[i])));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pissa", "olora"})
  void whatTheTrainingTookFromTheBaseIsTakenOffIt(String init) throws IOException {
    Matrix w = Matrix.of(SIDE, SIDE, weight(KEYS));
    Matrix q =
        init.equals("pissa")
            ? Subspace.ofFirst(w, 3).basis()
            : Subspace.of(w.columns(0, 3), 0).basis();
    Matrix taken = q.times(q.transposedTimes(w));
    String config = "{\"r\": 3, \"lora_alpha\": 6, \"init_lora_weights\": \"" + init + "\"}";
    // The untrained adapter, whose scale is 2, is the part that was taken: nothing changes.
    double[] none = library(config, library(q.times(0.5), q.transposedTimes(w))).get(target(KEYS));
    assertThat(Matrix.of(SIDE, SIDE, none).norm()).isLessThan(CLOSE * taken.norm());
    Matrix up = Matrix.of(SIDE, 3, Dense.random(1, SIDE, 3));
    Matrix down = Matrix.of(3, SIDE, Dense.random(2, 3, SIDE));
    double[] found = library(config, library(up, down)).get(target(KEYS));
    double[] expected = up.times(down).times(2).minus(taken).rowMajor();
    assertThat(Dense.apart(expected, found)).isLessThan(CLOSE);
  }
}
