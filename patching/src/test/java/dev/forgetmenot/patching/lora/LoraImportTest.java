package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA files in every way of writing them, against dW in plain loops. */
class LoraImportTest extends LoraFiles {
  private static final String QUERY = "text_model.encoder.layers.0.self_attn.q_proj";
  private static final String TARGET = target(KEYS);
  private static final String STEM = kohya(KEYS);

  private static long[] shape(String module, String parameter) {
    String component = module.startsWith("text_model") ? "text_encoder" : "unet";
    return base.shape(component, module + "." + parameter);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k, .lora_down.weight,"
        + " .lora_up.weight",
    "unet." + KEYS + ", .lora_A.weight, .lora_B.weight",
    "unet." + KEYS + ", .lora_A.default.weight, .lora_B.default.weight",
    "unet." + KEYS + ", .lora.down.weight, .lora.up.weight",
    "unet." + KEYS + ", .lora_linear_layer.down.weight, .lora_linear_layer.up.weight",
    KEYS + ", .lora_A.weight, .lora_B.weight",
    "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k, _lora.down.weight,"
        + " _lora.up.weight",
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k, _lora.down.weight,"
        + " _lora.up.weight"
  })
  void findsTheModuleInEveryWayOfWritingIt(String stem, String down, String up) throws IOException {
    Map<String, double[]> found =
        Dense.of(edits(pair(new SafetensorsWriter(), stem + down, stem + up)));
    assertThat(found).containsOnlyKeys(TARGET);
    assertThat(found.get(TARGET)).containsExactly(product(1));
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te_text_model_encoder_layers_0_self_attn_q_proj, .lora_down.weight, .lora_up.weight",
    "text_encoder." + QUERY + ", .lora_A.weight, .lora_B.weight",
    "text_encoder.encoder.layers.0.self_attn.q_proj, .lora_A.weight, .lora_B.weight",
    "text_encoder." + QUERY + ", .lora_linear_layer.down.weight, .lora_linear_layer.up.weight",
    "text_encoder.text_model.encoder.layers.0.self_attn.to_q, _lora.down.weight, _lora.up.weight"
  })
  void findsTheTextEncodersModules(String stem, String down, String up) throws IOException {
    Map<String, double[]> found =
        Dense.of(edits(pair(new SafetensorsWriter(), stem + down, stem + up)));
    assertThat(found).containsOnlyKeys("text_encoder/" + QUERY + ".weight");
  }

  @Test
  void anOldOutputProjectionIsTheFirstOfItsList() throws IOException {
    String stem =
        "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_out_lora";
    assertThat(
            Dense.of(
                edits(pair(new SafetensorsWriter(), stem + ".down.weight", stem + ".up.weight"))))
        .containsOnlyKeys("unet/" + OUT + ".weight");
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5", "8, 4", "0, 1", "-3, -1.5"})
  void theScaleIsAlphaByRankAndOneWhereAlphaIsZero(double alpha, double scale) throws IOException {
    SafetensorsWriter writer = pair(STEM);
    assertThat(Dense.of(edits(number(writer, STEM + ".alpha", alpha))).get(TARGET))
        .containsExactly(product(scale));
  }

  @Test
  void factorsStayBitForBit() throws IOException {
    List<PatchEdit> edits = edits(pair(STEM));
    LowRankEdit edit = (LowRankEdit) edits.get(0);
    assertThat(edit.factors().get(TARGET).down()).containsExactly(Dense.random(1, 2, 32));
    assertThat(edit.factors().get(TARGET).up()).containsExactly(Dense.random(2, 32, 2));
  }

  @Test
  void convolutionsOfThreeByThreeAndOneByOne() throws IOException {
    String conv = "down_blocks.0.resnets.0.conv1";
    String point = "down_blocks.0.attentions.0.proj_in";
    long[] wide = shape(conv, "weight");
    long[] narrow = shape(point, "weight");
    assertThat(wide).endsWith(3, 3);
    assertThat(narrow).endsWith(1, 1);
    int out = (int) wide[0];
    int in = (int) wide[1] * 9;
    String a = "lora_unet_down_blocks_0_resnets_0_conv1";
    String b = "lora_unet_down_blocks_0_attentions_0_proj_in";
    float[] down = Dense.random(1, 2, in);
    float[] up = Dense.random(2, out, 2);
    float[] downPoint = Dense.random(3, 3, narrow[1]);
    float[] upPoint = Dense.random(4, narrow[0], 3);
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(a + ".lora_down.weight", DType.F32, new long[] {2, wide[1], 3, 3}, down)
            .add(a + ".lora_up.weight", DType.F32, new long[] {out, 2, 1, 1}, up)
            .add(b + ".lora_down.weight", DType.F32, new long[] {3, narrow[1]}, downPoint)
            .add(b + ".lora_up.weight", DType.F32, new long[] {narrow[0], 3, 1, 1}, upPoint);
    Map<String, double[]> found = Dense.of(edits(writer));
    assertThat(found.get("unet/" + conv + ".weight"))
        .containsExactly(Dense.product(1, out, 2, in, up, down));
    assertThat(found.get("unet/" + point + ".weight"))
        .containsExactly(Dense.product(1, (int) narrow[0], 3, (int) narrow[1], upPoint, downPoint));
  }

  @Test
  void aCoreBetweenTheFactors() throws IOException {
    String conv = "down_blocks.0.resnets.0.conv1";
    long[] shape = shape(conv, "weight");
    int out = (int) shape[0];
    int in = (int) shape[1];
    String stem = "lora_unet_down_blocks_0_resnets_0_conv1";
    float[] down = Dense.random(1, 2, in);
    float[] mid = Dense.random(5, 2, 2, 3, 3);
    float[] up = Dense.random(2, out, 2);
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(stem + ".lora_down.weight", DType.F32, new long[] {2, in, 1, 1}, down)
            .add(stem + ".lora_mid.weight", DType.F32, new long[] {2, 2, 3, 3}, mid)
            .add(stem + ".lora_up.weight", DType.F32, new long[] {out, 2, 1, 1}, up);
    double[] expected = new double[out * in * 9];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (int s = 0; s < 9; s++) {
          for (int n = 0; n < 2; n++) {
            for (int m = 0; m < 2; m++) {
              expected[(o * in + i) * 9 + s] +=
                  0.5 * up[o * 2 + n] * mid[(n * 2 + m) * 9 + s] * down[m * in + i];
            }
          }
        }
      }
    }
    double[] found =
        Dense.of(edits(number(writer, stem + ".alpha", 1))).get("unet/" + conv + ".weight");
    assertThat(Dense.apart(expected, found)).isLessThan(1e-7);
  }

  @Test
  void differencesInFullOfWeightsBiasesAndNorms() throws IOException {
    String norm = "down_blocks.0.resnets.0.norm1";
    long size = shape(norm, "weight")[0];
    String linear = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_out_0";
    String group = "lora_unet_down_blocks_0_resnets_0_norm1";
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(linear + ".diff", DType.F32, shape(OUT, "weight"), Dense.random(1, 32, 32))
            .add(linear + ".diff_b", DType.F32, shape(OUT, "bias"), Dense.random(2, 32))
            .add(group + ".w_norm", DType.F32, new long[] {size}, Dense.random(3, size))
            .add(group + ".b_norm", DType.F32, new long[] {size}, Dense.random(4, size));
    Map<String, double[]> found = Dense.of(edits(writer));
    assertThat(found)
        .containsOnlyKeys(
            "unet/" + OUT + ".weight",
            "unet/" + OUT + ".bias",
            "unet/" + norm + ".weight",
            "unet/" + norm + ".bias");
    float[] bias = Dense.random(2, 32);
    for (int i = 0; i < bias.length; i++) {
      assertThat(found.get("unet/" + OUT + ".bias")[i]).isEqualTo(bias[i]);
    }
  }

  @Test
  void aNewWeightIsItsDifferenceFromTheBase() throws IOException {
    float[] after = Dense.random(9, 32, 32);
    double[] found =
        Dense.of(
                edits(
                    new SafetensorsWriter()
                        .add(STEM + ".set_weight", DType.F32, new long[] {32, 32}, after)))
            .get(TARGET);
    float[] before = base.floats("unet", KEYS + ".weight");
    for (int i = 0; i < after.length; i++) {
      // A difference of floats that is larger than the weight can miss by the last bit.
      assertThat(before[i] + found[i])
          .isCloseTo(after[i], within((double) Math.ulp((float) found[i])));
    }
  }

  @Test
  void diffusersSaysTheScaleInItsMetadata() throws IOException {
    SafetensorsWriter writer =
        pair(
                new SafetensorsWriter(),
                "unet." + KEYS + ".lora_A.weight",
                "unet." + KEYS + ".lora_B.weight")
            .metadata(
                "lora_adapter_metadata",
                "{\"unet.r\": 2, \"unet.lora_alpha\": 8, \"unet.alpha_pattern\": {\"attn1.to_k\":"
                    + " 1}, \"unet.use_rslora\": false, \"unet.target_modules\": [\"to_k\"]}");
    assertThat(Dense.of(edits(writer)).get(TARGET)).containsExactly(product(4));
  }

  @Test
  void theLibrarySaysTheScaleInAFileBeside() throws IOException {
    Path file = folder.resolve("adapter_model.safetensors");
    pair(
            new SafetensorsWriter(),
            "base_model.model." + KEYS + ".lora_A.weight",
            "base_model.model." + KEYS + ".lora_B.weight")
        .write(file);
    assertThatThrownBy(() -> LoraFile.read(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("adapter_config.json");
    Path config = folder.resolve("adapter_config.json");
    Files.writeString(
        config, "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 16, \"bias\": \"none\"}");
    assertThat(read(file).get(TARGET)).containsExactly(product(8));
    Files.writeString(
        config,
        "{\"lora_alpha\": 16, \"alpha_pattern\": {\"attn2.to_k\": 4}, \"use_rslora\": true}");
    assertThat(Dense.apart(product(4 / Math.sqrt(2)), read(file).get(TARGET))).isLessThan(1e-12);
    Files.writeString(config, "{\"lora_alpha\": 16, \"alpha_pattern\": {\"(a+)+$\": 4}}");
    assertThatThrownBy(() -> LoraFile.read(file)).hasMessageContaining("alpha_pattern");
    Files.writeString(config, "{\"lora_alpha\": 16, \"use_dora\": true}");
    assertThatThrownBy(() -> read(file)).hasMessageContaining("use_dora");
    Files.writeString(config, "[" + "[".repeat(10_000));
    assertThatThrownBy(() -> LoraFile.read(file)).isInstanceOf(LoraException.class);
  }

  private static Map<String, double[]> read(Path file) throws IOException {
    try (LoraFile lora = LoraFile.read(file)) {
      return Dense.of(LoraImport.edits(lora, base, model.originalUNetNames()));
    }
  }

  @Test
  void bundledEmbeddingsAreTokens() throws IOException {
    SafetensorsWriter writer =
        pair(STEM)
            .add(
                "bundle_emb.<new>.string_to_param.*",
                DType.F16,
                new long[] {2, 32},
                Dense.random(7, 2, 32));
    TokensEdit tokens = (TokensEdit) edits(writer).get(1);
    assertThat(tokens.tokens()).containsOnlyKeys("<new>");
    assertThat(tokens.tokens().get("<new>").count()).isEqualTo(2);
  }
}
