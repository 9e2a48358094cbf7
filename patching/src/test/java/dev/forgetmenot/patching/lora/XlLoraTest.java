package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA files for a model with two text encoders. */
class XlLoraTest {
  private static ModelOnDisk model;

  @BeforeAll
  static void open() throws IOException {
    model = ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model"));
  }

  @AfterAll
  static void close() throws IOException {
    model.close();
  }

  private static List<PatchEdit> edits(SafetensorsWriter writer) throws IOException {
    try (LoraFile file = LoraFile.read("a.safetensors", ByteBuffer.wrap(writer.toBytes()))) {
      return LoraImport.edits(file, model.base().tensors(), model.originalUNetNames());
    }
  }

  private static SafetensorsWriter add(SafetensorsWriter writer, String name, long... shape) {
    return writer.add(name, DType.F32, shape, Dense.random(name.length(), shape));
  }

  private static SafetensorsWriter pair(
      SafetensorsWriter writer, String down, String up, int width) {
    return add(add(writer, down, 2, width), up, width, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, "
        + "text_encoder/text_model.encoder.layers.0.mlp.fc1.weight",
    "lora_te2_text_model_encoder_layers_3_self_attn_q_proj.lora_down.weight, "
        + "text_encoder_2/text_model.encoder.layers.3.self_attn.q_proj.weight",
    "text_encoder_2.text_model.encoder.layers.3.self_attn.q_proj.lora_A.weight, "
        + "text_encoder_2/text_model.encoder.layers.3.self_attn.q_proj.weight",
    "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_A.weight, "
        + "text_encoder/text_model.encoder.layers.1.self_attn.q_proj.weight",
    "text_encoders.clip_g.transformer.text_model.encoder.layers.0.self_attn.k_proj.lora_A.weight, "
        + "text_encoder_2/text_model.encoder.layers.0.self_attn.k_proj.weight",
    "lora_unet_down_blocks_1_attentions_1_transformer_blocks_2_attn2_to_q.lora_down.weight, "
        + "unet/down_blocks.1.attentions.1.transformer_blocks.2.attn2.to_q.weight",
    "lora_unet_input_blocks_5_1_transformer_blocks_2_attn2_to_q.lora_down.weight, "
        + "unet/down_blocks.1.attentions.1.transformer_blocks.2.attn2.to_q.weight",
    "lora_unet_middle_block_1_transformer_blocks_1_attn1_to_v.lora_down.weight, "
        + "unet/mid_block.attentions.0.transformer_blocks.1.attn1.to_v.weight",
    "unet.up_blocks.0.attentions.2.transformer_blocks.0.attn1.to_out.0.lora_A.weight, "
        + "unet/up_blocks.0.attentions.2.transformer_blocks.0.attn1.to_out.0.weight",
    "lora_unet_label_emb_0_2.lora_down.weight, unet/add_embedding.linear_2.weight",
  })
  void eachEncoderAndBothNamingsOfBlocksAreFound(String down, String target) throws IOException {
    String up = down.replace("lora_down", "lora_up").replace("lora_A", "lora_B");
    String component = target.substring(0, target.indexOf('/'));
    long[] shape =
        model.base().tensors().shape(component, target.substring(component.length() + 1));
    SafetensorsWriter writer = new SafetensorsWriter();
    add(add(writer, down, 2, shape[1]), up, shape[0], 2);
    assertThat(edits(writer).get(0).changed()).containsExactly(target);
  }

  @Test
  void otherFormsThanFactorsAreFoundInTheSecondEncoderToo() throws IOException {
    String stem = "lora_te2_text_model_encoder_layers_1_self_attn_v_proj";
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, stem + ".hada_w1_a", 40, 2);
    add(writer, stem + ".hada_w1_b", 2, 40);
    add(writer, stem + ".hada_w2_a", 40, 2);
    add(writer, stem + ".hada_w2_b", 2, 40);
    assertThat(edits(writer).get(0).changed())
        .containsExactly("text_encoder_2/text_model.encoder.layers.1.self_attn.v_proj.weight");
  }

  @Test
  void filesForOtherModelsAreNamed() {
    SafetensorsWriter first =
        pair(
            new SafetensorsWriter(),
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_q.lora_down.weight",
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_q.lora_up.weight",
            32);
    assertThatThrownBy(() -> edits(first))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("it was made for SD 1.x or 2.x")
        .hasMessageContaining("made for SDXL, as the model is");
  }

  @Test
  void tokensThatArePackedBesideAreForBothEncodersOrNone() throws IOException {
    String stem = "lora_te1_text_model_encoder_layers_0_self_attn_q_proj";
    SafetensorsWriter writer =
        pair(new SafetensorsWriter(), stem + ".lora_down.weight", stem + ".lora_up.weight", 32);
    add(writer, "bundle_emb.thing.clip_l", 1, 32);
    add(writer, "bundle_emb.thing.clip_g", 1, 40);
    assertThat(edits(writer).get(1).tokens().get("thing").width()).isEqualTo(72);
    SafetensorsWriter one =
        pair(new SafetensorsWriter(), stem + ".lora_down.weight", stem + ".lora_up.weight", 32);
    add(one, "bundle_emb.thing.clip_l", 1, 32);
    assertThatThrownBy(() -> edits(one))
        .hasMessageContaining("is for one text encoder and the model has two");
  }
}
