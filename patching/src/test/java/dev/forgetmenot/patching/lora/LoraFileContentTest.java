package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an adapter file is called, says and holds: what is followed, refused or named. */
class LoraFileContentTest extends LoraFiles {

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
