package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of adapters beside LoRA, against their formulas in plain loops. */
class LoraFormsTest {
  private static final String KEYS = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";
  private static final String OUT =
      "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0";
  private static final String CONV = "down_blocks.0.resnets.0.conv1";
  private static final int SIDE = 32; // of KEYS and OUT
  private static final double CLOSE = 1e-6;

  private static ModelOnDisk model;
  private static BaseTensors base;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    model = ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"));
    base = model.base().tensors();
  }

  @AfterAll
  static void close() throws IOException {
    model.close();
  }

  private static String kohya(String module) {
    return "lora_unet_" + module.replace('.', '_');
  }

  private static String target(String module) {
    return "unet/" + module + ".weight";
  }

  private static SafetensorsWriter add(
      SafetensorsWriter writer, String name, long seed, long... shape) {
    return writer.add(name, DType.F32, shape, Dense.random(seed, shape));
  }

  private static SafetensorsWriter number(SafetensorsWriter writer, String name, double value) {
    return writer.add(name, DType.F32, new long[0], new float[] {(float) value});
  }

  /** What a file changes; values are computed while it is open. */
  private static Map<String, double[]> changes(SafetensorsWriter writer) throws IOException {
    try (LoraFile file = LoraFile.read("a.safetensors", ByteBuffer.wrap(writer.toBytes()))) {
      return Dense.of(LoraImport.edits(file, base, model.originalUNetNames()));
    }
  }

  private Map<String, double[]> library(String config, SafetensorsWriter writer)
      throws IOException {
    Path file = folder.resolve("adapter_model.safetensors");
    writer.write(file);
    Files.writeString(folder.resolve("adapter_config.json"), config);
    try (LoraFile lora = LoraFile.read(file)) {
      return Dense.of(LoraImport.edits(lora, base, Map.of()));
    }
  }

  private static double[] filled(int size, IntToDoubleFunction value) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = value.applyAsDouble(i);
    }
    return values;
  }

  private static double[] weight(String module) throws IOException {
    float[] stored = base.floats("unet", module + ".weight");
    return filled(stored.length, i -> stored[i]);
  }

  private static SafetensorsWriter loha(String stem) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, stem + ".hada_w1_a", 1, SIDE, 2);
    add(writer, stem + ".hada_w1_b", 2, 2, SIDE);
    add(writer, stem + ".hada_w2_a", 3, SIDE, 2);
    return add(writer, stem + ".hada_w2_b", 4, 2, SIDE);
  }

  private static double[] hadamard(double scale) {
    double[] a =
        Dense.product(scale, SIDE, 2, SIDE, Dense.random(1, SIDE, 2), Dense.random(2, 2, SIDE));
    double[] b =
        Dense.product(1, SIDE, 2, SIDE, Dense.random(3, SIDE, 2), Dense.random(4, 2, SIDE));
    return filled(a.length, i -> a[i] * b[i]);
  }

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

  private static SafetensorsWriter pair(String stem) {
    return add(
        add(new SafetensorsWriter(), stem + ".lora_down.weight", 1, 2, SIDE),
        stem + ".lora_up.weight",
        2,
        SIDE,
        2);
  }

  private static double[] product(double scale) {
    return Dense.product(scale, SIDE, 2, SIDE, Dense.random(2, SIDE, 2), Dense.random(1, 2, SIDE));
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

  private static SafetensorsWriter library(Matrix up, Matrix down) {
    String stem = "base_model.model." + KEYS;
    int rank = up.columns();
    return new SafetensorsWriter()
        .add(
            stem + ".lora_A.weight",
            DType.F32,
            new long[] {rank, down.columns()},
            down.rowMajorFloats())
        .add(stem + ".lora_B.weight", DType.F32, new long[] {up.rows(), rank}, up.rowMajorFloats());
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"init_lora_weights\": \"pissa_niter_16\"|random numbers",
        "\"init_lora_weights\": \"corda\"|path_initial_model_for_weight_conversion",
        "\"init_lora_weights\": \"loftq\"|fmn patch diff",
        "\"init_lora_weights\": \"a_new_one\"|a_new_one",
        "\"layer_replication\": [[0, 4]]|layer_replication",
        "\"target_parameters\": [\"a.b\"]|target_parameters",
        "\"trainable_token_indices\": [3]|trainable_token_indices",
        "\"alora_invocation_tokens\": [3]|alora_invocation_tokens",
        "\"use_qalora\": true|use_qalora",
        "\"something_new\": 3|something_new",
        "\"r\": 5|do not belong together",
        "\"use_dora\": true|use_dora",
        "\"peft_type\": \"OFT\"|OFT",
        "\"alpha_pattern\": {\"(a+)+$\": 4}|alpha_pattern"
      })
  void whatChangesTheMeaningAndIsNotFollowedIsRefused(String member, String message) {
    Matrix up = Matrix.of(SIDE, 3, Dense.random(1, SIDE, 3));
    Matrix down = Matrix.of(3, SIDE, Dense.random(2, 3, SIDE));
    assertThatThrownBy(() -> library("{\"lora_alpha\": 6, " + member + "}", library(up, down)))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "\"init_lora_weights\": \"gaussian\"~2",
        "\"init_lora_weights\": \"eva\", \"eva_config\": {\"rho\": 2.0}~2",
        "\"fan_in_fan_out\": true, \"bias\": \"all\", \"modules_to_save\": [\"x\"]~2",
        "\"something_new\": null, \"another\": [], \"third\": false~2",
        "\"alpha_pattern\": {\"attn2.to_k\": 3, \"to_k\": 9}~1",
        "\"alpha_pattern\": {\"to_k\": 9, \"attn2.to_k\": 3}~3",
        "\"alpha_pattern\": {\"k\": 9}~2",
        "\"alpha_pattern\": {\"^attn2.to_k\": 9}~2",
        "\"alpha_pattern\": {\"^down_blocks\\\\.0.*to_k$\": 9}~3",
        "\"r\": 8, \"rank_pattern\": {\"(to_q|to_k)\": 3}~2"
      })
  void theFirstPatternThatMatchesWins(String members, double scale) throws IOException {
    Matrix up = Matrix.of(SIDE, 3, Dense.random(1, SIDE, 3));
    Matrix down = Matrix.of(3, SIDE, Dense.random(2, 3, SIDE));
    double[] found =
        library("{\"lora_alpha\": 6, " + members + "}", library(up, down)).get(target(KEYS));
    assertThat(Dense.apart(up.times(down).times(scale).rowMajor(), found)).isLessThan(CLOSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k",
        "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k",
        "lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_k",
        "lycoris_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k",
        "unet._orig_mod." + KEYS,
        "module." + KEYS,
        "base_model.model.unet." + KEYS
      })
  void namesOfTheOriginalLayoutAndOfWrappers(String stem) throws IOException {
    SafetensorsWriter writer = number(pair(stem), stem + ".alpha", 2);
    assertThat(changes(writer).get(target(KEYS))).containsExactly(product(1));
  }

  @Test
  void aSecondNumberOfTheTextEncoderIsNoOtherModel() throws IOException {
    String query = "text_model.encoder.layers.0.self_attn.q_proj";
    for (String prefix : List.of("lora_te1_", "lora_te_", "lycoris_")) {
      assertThat(changes(pair(prefix + query.replace('.', '_'))))
          .containsOnlyKeys("text_encoder/" + query + ".weight");
    }
    assertThat(changes(pair("text_encoders.clip_l.transformer." + query)))
        .containsOnlyKeys("text_encoder/" + query + ".weight");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_double_blocks_0_img_attn_qkv, Flux",
    "transformer.single_transformer_blocks.3.attn.to_q, Flux",
    "lora_unet_joint_blocks_3_x_block_attn_qkv, Stable Diffusion 3",
    "lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_q, SDXL",
    "unet.down_blocks.2.attentions.0.transformer_blocks.7.attn1.to_q, SDXL",
    "diffusion_model.blocks.3.cross_attn.k, Wan",
    "transformer.transformer_blocks.1.img_mlp.net.2, Qwen-Image",
    "model.layers.0.self_attn.q_proj, language model",
    "lora_unet_down_blocks_0_motion_modules_0_proj_in, AnimateDiff",
    "something_else_entirely, another architecture"
  })
  void anotherNetworkIsNamedByAllThatIsInTheFile(String stem, String name) {
    String text = "lora_te1_text_model_encoder_layers_0_mlp_fc1";
    SafetensorsWriter writer = pair(stem);
    add(writer, text + ".lora_down.weight", 1, 4, 4);
    add(writer, text + ".lora_up.weight", 2, 4, 4);
    assertThatThrownBy(() -> changes(writer))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(stem);
  }

  @Test
  void theWidthOfCrossAttentionTellsTheKindOfModel() {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, kohya(KEYS) + ".lora_down.weight", 1, 2, 2048);
    add(writer, kohya(KEYS) + ".lora_up.weight", 2, 320, 2);
    assertThatThrownBy(() -> changes(writer)).hasMessageContaining("SDXL");
  }

  @Test
  void allTypesOfFloatsAreReadAndIntegersAreNot() throws IOException {
    for (DType dtype : List.of(DType.F16, DType.BF16, DType.F64, DType.F8_E4M3)) {
      float[] down = new float[2 * SIDE];
      float[] up = new float[2 * SIDE];
      Arrays.fill(down, 0.5f);
      Arrays.fill(up, 0.25f);
      SafetensorsWriter writer =
          new SafetensorsWriter()
              .add(kohya(KEYS) + ".lora_down.weight", dtype, new long[] {2, SIDE}, down)
              .add(kohya(KEYS) + ".lora_up.weight", dtype, new long[] {SIDE, 2}, up);
      assertThat(changes(writer).get(target(KEYS)))
          .as(dtype.toString())
          .containsExactly(filled(SIDE * SIDE, i -> 0.25));
    }
  }

  @Test
  void aHalfOfAFormIsAnError() {
    String stem = kohya(KEYS);
    assertThatThrownBy(() -> changes(add(new SafetensorsWriter(), stem + ".lokr_w1", 1, 4, 4)))
        .hasMessageContaining("only one of its two matrices");
    assertThatThrownBy(() -> changes(add(loha(stem), stem + ".lora_up.weight", 1, SIDE, 2)))
        .hasMessageContaining("several forms");
    assertThatThrownBy(
            () -> changes(add(new SafetensorsWriter(), stem + ".dora_scale", 1, SIDE, 1)))
        .hasMessageContaining("DoRA");
    assertThatThrownBy(() -> changes(add(new SafetensorsWriter(), stem + ".weight", 1, SIDE)))
        .hasMessageContaining("on_input");
  }

  @Test
  void whatIsPackedBesideWithoutEffectIsNamed() throws IOException {
    String stem = kohya(KEYS);
    SafetensorsWriter writer =
        number(pair(stem), "lora_unet_nothing.alpha", 1)
            .add(
                "text_model.embeddings.position_ids",
                DType.F32,
                new long[] {2},
                new float[] {0, 1});
    try (LoraFile file = LoraFile.read("a", ByteBuffer.wrap(writer.toBytes()))) {
      assertThat(file.ignored())
          .containsExactlyInAnyOrder(
              "lora_unet_nothing.alpha", "text_model.embeddings.position_ids");
      assertThat(LoraImport.edits(file, base, Map.of())).hasSize(1);
    }
    SafetensorsWriter wide = add(pair(stem), "bundle_emb.thing.string_to_param.*", 1, 2, 768);
    assertThatThrownBy(() -> changes(wide)).hasMessageContaining("768");
    SafetensorsWriter second = add(pair(stem), "bundle_emb.thing.clip_g", 1, 2, 1280);
    assertThatThrownBy(() -> changes(second)).hasMessageContaining("SDXL");
  }
}
